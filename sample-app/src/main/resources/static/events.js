import { byId, element } from './dom.js';
import { bytes, seconds } from './format.js';

const MOST = 50;

/** Tells what happened, the latest first. */
export function tell(text, kind = '') {
	const list = byId('events');
	const time = new Date();
	list.prepend(element('li', { class: kind },
		element('time', { datetime: time.toISOString() }, time.toLocaleTimeString('en-GB')), element('span', {}, text)));
	while (list.children.length > MOST) {
		list.lastElementChild.remove();
	}
}

function total(exits) {
	return Object.values(exits).reduce((sum, count) => sum + count, 0);
}

/** Tells what has happened to the processes and the transfer from one snapshot to the next. */
export function compare(before, now) {
	for (const [name, process] of Object.entries(now.processes)) {
		const past = before.processes[name] ?? { starts: 0, exits: {} };
		if (total(process.exits) > total(past.exits)) {
			tell(`${name}${past.pid ? `, process ${past.pid},` : ''} ended with ${process.lastExit}`,
				process.lastExit === '0' ? '' : 'bad');
		}
		if (process.state === 'RUNNING' && (past.state !== 'RUNNING' || process.starts > past.starts)) {
			tell(`${name} runs ${process.starts > 1 ? 'again ' : ''}as process ${process.pid}`, 'good');
		}
		if (process.state === 'GAVE_UP' && past.state !== 'GAVE_UP') {
			tell(`${name} was restarted too often, and is given up`, 'bad');
		}
	}
	const transfer = now.transfer;
	if (transfer && transfer.state !== 'RUNNING' && (before.transfer?.id !== transfer.id || before.transfer.state === 'RUNNING')) {
		tell(transfer.state === 'DONE'
			? `Transfer of ${bytes(transfer.bytes)} done in ${seconds(transfer.duration).toFixed(1)} s`
			: `Transfer failed: ${transfer.error}`, transfer.state === 'DONE' && transfer.matches ? 'good' : 'bad');
	}
}
