/** A service worker that imports the package as pages do. */
import './worker.js';
