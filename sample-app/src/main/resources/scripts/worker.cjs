// Counts and digests texts for the program that started this one with an IPC channel.

const { createHash } = require('crypto');

const WORD = /[^ \t\n\v\f\r]+/g;

function facts(text) {
	return {
		words: (text.match(WORD) ?? []).length,
		characters: Array.from(text).length,
		sha256: createHash('sha256').update(text).digest('hex'),
		language: 'JavaScript',
		version: process.version.slice(1),
		pid: process.pid,
	};
}

process.on('message', (request) => process.send(facts(request.text)));

// Ctrl-C in a terminal is meant for the program at the other end
process.on('SIGINT', () => {});
