export { type FetchEmojiOptions, type FetchedEmoji, fetchEmoji } from './fetch-emoji.ts';
