import { byId, element, say } from './dom.js';
import { age, bytes, count, seconds } from './format.js';

/** More would slow the page down, and are too many to read. */
const MOST = 20;

const FACTS = [
	(pair) => bytes(pair.first.sent + pair.second.sent),
	(pair) => bytes(pair.first.received + pair.second.received),
	(pair) => bytes((pair.first.queued ?? 0) + (pair.second.queued ?? 0)),
];

function details(pair) {
	const descriptors = [pair.first, pair.second].filter((end) => end.open).map((end) => end.descriptor);
	return `${pair.domain} ${pair.type}, ${age(seconds(pair.age))}, ${descriptors.length > 1 ? 'descriptors' : 'descriptor'} ${descriptors.join(', ')}`;
}

function row() {
	return element('tr', {},
		element('th', { scope: 'row' }, element('span', { class: 'name' }), element('span', { class: 'quiet' })),
		...FACTS.map(() => element('td', { class: 'number' })));
}

/** Shows the oldest pairs that are open. */
export function showPairs(pairs) {
	const body = byId('pairs').tBodies[0];
	const shown = pairs.slice(0, MOST);
	while (body.rows.length > shown.length) {
		body.lastElementChild.remove();
	}
	while (body.rows.length < shown.length) {
		body.append(row());
	}
	shown.forEach((pair, index) => {
		const [head, ...cells] = body.rows[index].cells;
		say(head.firstElementChild, pair.name ?? 'anonymous');
		say(head.lastElementChild, details(pair));
		cells.forEach((cell, fact) => say(cell, FACTS[fact](pair)));
	});
	say(byId('pairs-more'), pairs.length > MOST ? `and ${count(pairs.length - MOST)} more` : '');
}
