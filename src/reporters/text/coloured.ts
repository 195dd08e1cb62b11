import { Chalk } from 'chalk';
import { textIn } from '../text.js';

/** The text format for a terminal; whether there is one has been decided already. */
export const colouredText = textIn(new Chalk({ level: 1 }));
