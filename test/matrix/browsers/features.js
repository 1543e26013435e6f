/**
 * What the package needs of a browser, by the names of MDN's browser-compat-data: what is young enough to exclude a browser that
 * somebody may still have. minimum.test.js finds what is missing here.
 */
export const NEEDED = [
  'webassembly.fixed-width-SIMD',
  'webassembly.bulk-memory-operations',
  'javascript.classes.private_class_fields_in',
  'javascript.classes.static.initialization_blocks',
  'javascript.operators.import',
  'javascript.operators.import_meta',
  'javascript.operators.logical_or_assignment',
  'javascript.operators.nullish_coalescing_assignment',
  'javascript.operators.optional_chaining',
  'javascript.builtins.Array.at',
  'javascript.builtins.Array.flat',
  'javascript.builtins.Error.Error.options_cause_parameter',
  'javascript.builtins.FinalizationRegistry',
  'javascript.builtins.Object.hasOwn',
  'javascript.builtins.String.replaceAll',
  'javascript.builtins.WeakRef',
  'javascript.regular_expressions.lookbehind_assertion',
  'javascript.regular_expressions.named_capturing_group',
  'javascript.regular_expressions.unicode_character_class_escape',
  'api.AbortSignal.reason',
  'api.AbortSignal.throwIfAborted',
  'api.ReadableStream',
  'api.TextEncoder.encodeInto',
  'api.WebSocket',
  'api.WritableStream',
];

/**
 * Names that newer browsers brought, and why the package works without: of a member or a global.
 * @type {Record<string, string>}
 */
export const OPTIONAL = {
  DecompressionStream: 'pagetls/fetch asks for codings only that it can decode, or for none',
  byobRequest: 'socket.readable is a byte stream where there are such',
  respond: 'of byobRequest',
  destroy: 'of a stream of Node, in the drop-ins',
};
