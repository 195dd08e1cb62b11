import { comparedWithLibrary } from './sent-by-library.js';

comparedWithLibrary('tagged-sql', 30);
