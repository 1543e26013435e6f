// The module assert of pages: a function, as require() gives it in Node.
module.exports = require('@jspm/core/nodelibs/assert').default;
