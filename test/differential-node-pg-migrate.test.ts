import { comparedWithLibrary } from './sent-by-library.js';

comparedWithLibrary('node-pg-migrate', 30);
