/** The page of the lab. */
import './style/base.css';
import './style/lab.css';
import './view/lab/lab.js';
