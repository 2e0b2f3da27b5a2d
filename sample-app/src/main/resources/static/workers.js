/** The rows of the table: a label, and the value that a reply has for it. */
const ROWS = [
	['State', (reply) => reply.state],
	['Process', (reply) => reply.pid],
	['Language', (reply) => reply.answer && `${reply.answer.language} ${reply.answer.version}`],
	['Words', (reply) => reply.answer?.words],
	['Characters', (reply) => reply.answer?.characters],
	['SHA-256', (reply) => reply.answer?.sha256],
	['Microseconds', (reply) => reply.microseconds],
	['Error', (reply) => reply.error],
];

const form = document.getElementById('request');
const button = form.querySelector('button');
const status = document.getElementById('status');
const table = document.getElementById('replies');

async function ask(text) {
	const response = await fetch('workers', {
		method: 'POST',
		headers: { 'Content-Type': 'text/plain;charset=UTF-8' },
		body: text,
	});
	if (!response.ok) {
		throw new Error(`The application answered with status ${response.status}`);
	}
	return response.json();
}

function cell(name, content, scope) {
	const element = document.createElement(name);
	element.textContent = content ?? '–';
	if (scope) {
		element.scope = scope;
	}
	return element;
}

function row(...cells) {
	const element = document.createElement('tr');
	element.append(...cells);
	return element;
}

function show(replies) {
	table.tHead.replaceChildren(row(cell('td', ''), ...replies.map((reply) => cell('th', reply.name, 'col'))));
	table.tBodies[0].replaceChildren(...ROWS.map(([label, value]) =>
		row(cell('th', label, 'row'), ...replies.map((reply) => cell('td', value(reply))))));
	table.hidden = false;
}

function summary(replies) {
	const answers = replies.flatMap((reply) => reply.answer ?? []);
	const different = new Set(answers.map((answer) => [answer.words, answer.characters, answer.sha256].join()));
	return `${answers.length} of ${replies.length} workers answered`
		+ (answers.length > 1 ? `, and they ${different.size === 1 ? 'agree' : 'DIFFER'}.` : '.');
}

form.addEventListener('submit', async (event) => {
	event.preventDefault();
	button.disabled = true;
	status.textContent = 'Asking …';
	try {
		const replies = await ask(form.elements.text.value);
		show(replies);
		status.textContent = summary(replies);
	}
	catch (failure) {
		table.hidden = true;
		status.textContent = `No answers: ${failure.message}`;
	}
	finally {
		button.disabled = false;
	}
});
