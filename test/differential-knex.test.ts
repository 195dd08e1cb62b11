import { comparedWithLibrary } from './sent-by-library.js';

comparedWithLibrary('knex', 125);
