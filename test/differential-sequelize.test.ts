import { comparedWithLibrary } from './sent-by-library.js';

comparedWithLibrary('sequelize', 100);
