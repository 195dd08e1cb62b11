import { comparedWithLibrary } from './sent-by-library.js';

comparedWithLibrary('db-migrate', 30);
