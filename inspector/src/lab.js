/** Entry point of lab.html. */
import './style/base.css';
import './style/lab.css';
import './view/lab/lab.js';
