/**
 * Symbol.dispose and Symbol.asyncDispose; symbols of our own where the runtime has none. Their types are such that our
 * declarations need no lib of the user's: they are TypeScript's where its lib has them.
 */

/** @type {unique symbol} */
const absent = Symbol('absent');

/**
 * @template Constructor
 * @template {string} Name
 * @typedef {Constructor extends {readonly [key in Name]: symbol} ? Constructor[Name] : typeof absent} SymbolNamed
 */

/** @type {SymbolNamed<SymbolConstructor, 'dispose'>} */
export const dispose = Symbol.dispose ?? Symbol('Symbol.dispose');

/** @type {SymbolNamed<SymbolConstructor, 'asyncDispose'>} */
export const asyncDispose = Symbol.asyncDispose ?? Symbol('Symbol.asyncDispose');
