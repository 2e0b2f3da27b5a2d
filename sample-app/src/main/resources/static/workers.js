import { post, Refusal } from './application.js';
import { byId, element, isBusy, say, setBusy } from './dom.js';

/** What a reply may have: a label, the value, and whether it takes a whole line. */
const FACTS = [
	['Words', (reply) => reply.answer?.words],
	['Characters', (reply) => reply.answer?.characters],
	['Took', (reply) => reply.microseconds && `${reply.microseconds.toLocaleString('en')} µs`],
	['SHA-256', (reply) => reply.answer?.sha256, 'digest'],
	['Answered by', (reply) => reply.answer && `${reply.answer.language} ${reply.answer.version}, process ${reply.pid}`, 'wide'],
	['State', (reply) => reply.answer ? undefined : reply.state, 'wide'],
	['Error', (reply) => reply.error, 'wide error'],
];

function tile(reply) {
	const facts = FACTS.map(([label, value, kind]) => [label, value(reply), kind]).filter(([, value]) => value != null);
	return element('li', {}, element('h3', {}, reply.name), element('dl', {},
		...facts.map(([label, value, kind]) => element('div', { class: kind ?? '' },
			element('dt', {}, label), element('dd', {}, String(value))))));
}

function summary(replies) {
	const answers = replies.flatMap((reply) => reply.answer ?? []);
	const different = new Set(answers.map((answer) => [answer.words, answer.characters, answer.sha256].join()));
	return `${answers.length} of ${replies.length} workers answered`
		+ (answers.length > 1 ? `, and they ${different.size === 1 ? 'agree' : 'DIFFER'}.` : '.');
}

/** Has all workers look at the text when the form is sent, and calls what is to be called then. */
export function askWorkers(changed) {
	const form = byId('request');
	const button = form.querySelector('button');
	const status = byId('status');
	form.addEventListener('submit', async (event) => {
		event.preventDefault();
		if (isBusy(button)) {
			return;
		}
		setBusy(button, true);
		say(status, 'Asking …');
		try {
			const replies = await post('workers', {
				headers: { 'Content-Type': 'text/plain;charset=UTF-8' },
				body: form.elements.text.value,
				// The application knows better how long a worker may take
				signal: undefined,
			});
			byId('replies').replaceChildren(...replies.map(tile));
			say(status, summary(replies));
		}
		catch (failure) {
			byId('replies').replaceChildren();
			say(status, `No answers: ${failure instanceof Refusal ? failure.message : 'the application cannot be reached'}.`);
		}
		finally {
			setBusy(button, false);
			changed();
		}
	});
}
