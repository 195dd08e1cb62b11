import { comparedWithLibrary } from './sent-by-library.js';

comparedWithLibrary('kysely', 30);
