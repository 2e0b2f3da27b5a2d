import { snapshot } from './application.js';
import { Chart } from './chart.js';
import { byId, say } from './dom.js';
import { compare, tell } from './events.js';
import { bytes, count, rate, words } from './format.js';
import { showPairs } from './pairs.js';
import { Processes } from './processes.js';
import { Transfer } from './transfer.js';
import { askWorkers } from './workers.js';

/** How long to wait before the next look, in milliseconds. */
const CALM = 500;
const BUSY = 200;
const AWAY = 1000;

/** Rates are means of this many milliseconds, so that they can be read. */
const MEAN = 1000;

const chart = new Chart();
const processes = new Processes(hurry);
const transfer = new Transfer(hurry);
askWorkers(hurry);

/** The snapshots that rates are computed from, the oldest first. */
let past = [];
let away = false;
let timer;
let looking = false;
let again = false;

/** Has the page look at once, because something is about to change. */
function hurry() {
	if (looking) {
		again = true;
		return;
	}
	clearTimeout(timer);
	look();
}

async function look() {
	looking = true;
	let pause = AWAY;
	try {
		const now = await snapshot();
		show(now);
		pause = isBusy(now) ? BUSY : CALM;
	}
	catch (failure) {
		lose(failure);
	}
	looking = false;
	timer = setTimeout(look, again ? 0 : pause);
	again = false;
}

function isBusy(now) {
	return now.transfer?.state === 'RUNNING' || Object.values(now.processes)
		.some(({ state }) => ['STARTING', 'STOPPING', 'WAITING_TO_RESTART'].includes(state));
}

function show(now) {
	if (away) {
		tell('The application answers again', 'good');
	}
	away = false;
	lamp('connection', 'live', 'good');
	say(byId('away'), '');
	lamp('health', words(now.health.status), now.health.status === 'UP' ? 'good' : 'bad');
	const speed = { sent: perSecond(now, 'sent'), received: perSecond(now, 'received') };
	say(byId('sent'), rate(speed.sent));
	say(byId('received'), rate(speed.received));
	say(byId('open'), count(now.pairs.length));
	say(byId('queued'), bytes(now.pairs.reduce((sum, { first, second }) => sum + (first.queued ?? 0) + (second.queued ?? 0), 0)));
	say(byId('descriptors'), `${count(now.descriptors.used)} of ${count(now.descriptors.limit)}`);
	chart.add({ time: now.time, ...speed, open: now.pairs.length });
	processes.show(now);
	showPairs(now.pairs);
	transfer.show(now.transfer);
	if (past.length > 0) {
		compare(past.at(-1), now);
	}
	past.push(now);
	while (past.length > 1 && past[1].time <= now.time - MEAN) {
		past.shift();
	}
}

/** A counter that goes back belongs to an application that was started again. */
function perSecond(now, counter) {
	const base = past[0];
	const bytes = now[counter] - (base?.[counter] ?? 0);
	return base && bytes >= 0 ? bytes / (now.time - base.time) * 1000 : undefined;
}

function lose(failure) {
	if (!away) {
		tell('The application does not answer', 'bad');
		console.info('The application does not answer', failure);
	}
	away = true;
	past = [];
	lamp('connection', 'lost', 'bad');
	lamp('health', 'unknown', '');
	say(byId('away'), 'The application does not answer. The numbers are the last known ones. Trying again every second.');
	chart.add({ time: performance.now() });
}

function lamp(id, text, kind) {
	const target = byId(id);
	say(target, text);
	target.className = `lamp ${kind}`;
}

look();
