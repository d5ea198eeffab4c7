/** Ends the program quietly where its reader has seen enough (`| head`): what is left to say is for nobody. */
export function endWhenReaderIsGone(): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(0);
      throw error;
    });
}
