import type { Command } from 'commander';
export function addEmbedCommand(_program: Command): void {}
