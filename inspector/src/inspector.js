/** Entry point of index.html. */
import './style/base.css';
import './style/pieces.css';
import './style/outcome.css';
import './style/chain.css';
import './style/certificate.css';
import './style/inspector.css';
import './view/inspector.js';
