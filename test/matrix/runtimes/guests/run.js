/**
 * Runs one function of the other files of this folder: `run.js FILE FUNCTION JSON`. Prints what it returns, as JSON, in the
 * last line. Then nothing may keep the process alive.
 */
const [file, name, given] = process.argv.slice(2);
const guests = await import(`./${file}.js`);
console.log(JSON.stringify({ result: await guests[name](JSON.parse(given)) }));
