import { post, Refusal } from './application.js';
import { byId, element, isBusy, say, setBusy } from './dom.js';
import { bytes, count, words } from './format.js';

const FACTS = {
	pid: ['Process', (process) => process.pid],
	restarts: ['Restarts', (process) => count(process.restarts)],
	exit: ['Last exit', (process) => process.lastExit],
	moved: ['Moved', (process, pairs) => bytes(sum(pairs, (end) => end.sent + end.received))],
	queued: ['Queued', (process, pairs) => bytes(sum(pairs, (end) => end.queued ?? 0))],
};

function sum(pairs, value) {
	return pairs.flatMap((pair) => [pair.first, pair.second]).reduce((total, end) => total + value(end), 0);
}

/** Shows the child processes, and kills them. */
export class Processes {

	/** What is to be called when there is something new. */
	constructor(changed) {
		this.changed = changed;
		this.list = byId('processes');
		this.status = byId('kill-status');
		this.tiles = new Map();
	}

	show({ processes, pairs }) {
		for (const [name, tile] of this.tiles) {
			if (!(name in processes)) {
				tile.item.remove();
				this.tiles.delete(name);
			}
		}
		for (const [name, process] of Object.entries(processes)) {
			const tile = this.tiles.get(name) ?? this.add(name);
			const own = pairs.filter((pair) => pair.name === name);
			tile.item.dataset.state = process.state;
			tile.item.dataset.name = name;
			say(tile.state, words(process.state));
			for (const [fact, [, value]] of Object.entries(FACTS)) {
				say(tile.facts[fact], value(process, own));
			}
			tile.facts.exit.classList.toggle('bad', (process.lastExit ?? '0') !== '0');
			setBusy(tile.button, process.pid == null);
		}
	}

	add(name) {
		const state = element('span', { class: 'pill' });
		const facts = {};
		const list = element('dl');
		for (const [fact, [label]] of Object.entries(FACTS)) {
			facts[fact] = element('dd', { class: `number ${fact}` });
			list.append(element('div', {}, element('dt', {}, label), facts[fact]));
		}
		const button = element('button', { type: 'button', 'aria-label': `Kill ${name}` }, 'Kill');
		button.addEventListener('click', () => this.kill(name, button));
		const item = element('li', {}, element('h3', {}, name), state, button, list);
		this.list.append(item);
		const tile = { item, state, facts, button };
		this.tiles.set(name, tile);
		return tile;
	}

	async kill(name, button) {
		if (isBusy(button)) {
			return;
		}
		setBusy(button, true);
		try {
			const killed = await post(`workers/${encodeURIComponent(name)}/kill`);
			say(this.status, `SIGKILL was sent to ${name}, process ${killed.pid}.`);
		}
		catch (failure) {
			say(this.status, failure instanceof Refusal ? failure.message : `${name} could not be killed.`);
		}
		this.changed();
	}

}
