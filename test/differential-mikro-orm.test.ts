import { comparedWithLibrary } from './sent-by-library.js';

comparedWithLibrary('mikro-orm', 30);
