import { byId, say } from './dom.js';
import { bytes, count, roundRate } from './format.js';

const SECONDS = 60;
const SVG = 'http://www.w3.org/2000/svg';

/** Room for the line at the edges, in units of the view box. */
const MARGIN = 3;

/** The next number from 1, 1.5, 2, 3, 5, 7.5, 10, 15 and so on. */
function ceiling(number) {
	const power = 10 ** Math.floor(Math.log10(number));
	return [1, 1.5, 2, 3, 5, 7.5, 10].map((step) => step * power).find((step) => step >= number);
}

class Plot {

	constructor(id, height) {
		this.svg = byId(id);
		this.height = height;
		this.svg.setAttribute('viewBox', `0 0 ${SECONDS} ${height}`);
	}

	path(name) {
		const path = document.createElementNS(SVG, 'path');
		path.setAttribute('class', name);
		this.svg.append(path);
		return path;
	}

	grid(...heights) {
		const lines = heights.map((y) => `M0 ${y}H${SECONDS}`);
		const times = [20, 40].map((x) => `M${x} 0V${this.height}`);
		this.path('grid').setAttribute('d', [...lines, ...times].join(''));
	}

}

/** Draws the last minute: what was sent upwards, what was received downwards, and the open pairs below. */
export class Chart {

	constructor() {
		this.samples = [];
		this.throughput = new Plot('throughput', 200);
		this.throughput.grid(MARGIN, 50, 100, 150, 200 - MARGIN);
		this.sent = this.series(this.throughput, 'sent');
		this.received = this.series(this.throughput, 'received');
		this.throughput.path('zero').setAttribute('d', `M0 100H${SECONDS}`);
		this.pairs = new Plot('pairs-open', 60);
		this.pairs.grid(MARGIN, 60 - MARGIN);
		this.open = this.series(this.pairs, 'open');
	}

	series(plot, name) {
		return { area: plot.path(`area ${name}`), line: plot.path(`line ${name}`) };
	}

	/** A sample without numbers is a gap. */
	add(sample) {
		this.samples.push(sample);
		const oldest = sample.time - 1000 * SECONDS;
		// One that is too old is kept: the line comes from there
		while (this.samples.length > 2 && this.samples[1].time < oldest) {
			this.samples.shift();
		}
		this.draw(sample);
	}

	draw(now) {
		const top = (name) => Math.max(...this.samples.map((sample) => sample[name] ?? 0));
		const speed = ceiling(Math.max(1000, top('sent'), top('received')));
		const pairs = Math.ceil(ceiling(Math.max(5, top('open'))));
		const middle = 100;
		const x = (sample) => SECONDS - (now.time - sample.time) / 1000;
		this.curve(this.sent, 'sent', x, (value) => middle - value / speed * (middle - MARGIN), middle);
		this.curve(this.received, 'received', x, (value) => middle + value / speed * (middle - MARGIN), middle);
		const floor = 60 - MARGIN;
		this.curve(this.open, 'open', x, (value) => floor - value / pairs * (floor - MARGIN), floor, true);
		say(byId('sent-scale'), `${roundRate(speed)} sent`);
		say(byId('received-scale'), `${roundRate(speed)} received`);
		say(byId('open-scale'), `${count(pairs)} open`);
		byId('chart').setAttribute('aria-label', `Chart of the last minute: sent up to ${bytes(top('sent'))} a second, `
			+ `received up to ${bytes(top('received'))} a second, up to ${count(top('open'))} open pairs`);
	}

	curve(series, name, x, y, base, steps = false) {
		let line = '';
		let area = '';
		let last;
		for (const sample of this.samples) {
			const value = sample[name];
			if (value == null) {
				area += last ? `V${base}Z` : '';
				last = undefined;
				continue;
			}
			const at = `${x(sample).toFixed(3)} ${y(value).toFixed(2)}`;
			const on = steps ? `H${x(sample).toFixed(3)}V${y(value).toFixed(2)}` : `L${at}`;
			line += last ? on : `M${at}`;
			area += last ? on : `M${x(sample).toFixed(3)} ${base}L${at}`;
			last = sample;
		}
		series.line.setAttribute('d', line);
		series.area.setAttribute('d', last ? `${area}V${base}Z` : area);
	}

}
