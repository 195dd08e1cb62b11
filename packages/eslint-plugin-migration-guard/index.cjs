'use strict';

// eslintrc finds a plugin by the name of its package and cannot name a subpath of another one.
module.exports = require('migration-guard/eslint');
