/**
 * Loaded before a test file's own code. A process that `--test-force-exit` ends closes the places
 * of its reports first; standard output has no `close`, and what a pipe had not taken was lost.
 * It has one here: done when everything is written.
 */
const close = (done: () => void) => void process.stdout.write('', () => done())

Object.assign(process.stdout, { close })
