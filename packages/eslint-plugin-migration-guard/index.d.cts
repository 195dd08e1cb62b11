import plugin = require('migration-guard/eslint');
export = plugin;
