// Sends back what it receives: lines of JSON, whatever carries them.
const [kind, port] = process.argv.slice(1);
if (kind === 'socketpair') {
	process.on('message', (message) => process.send(message));
} else {
	const tcp = kind === 'tcp';
	const input = tcp ? require('net').connect(Number(port), '127.0.0.1').setNoDelay() : process.stdin;
	const output = tcp ? input : process.stdout;
	let rest = '';
	input.setEncoding('utf8');
	input.on('data', (data) => {
		rest += data;
		for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
			output.write(JSON.stringify(JSON.parse(rest.slice(0, end))) + '\n');
			rest = rest.slice(end + 1);
		}
	});
	input.on('end', () => process.exit());
}
