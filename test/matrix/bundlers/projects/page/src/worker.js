import { ask } from './ask.js';

addEventListener('message', ({ data }) => {
  ask(data).then(postMessage, (error) => postMessage(error.message));
});
