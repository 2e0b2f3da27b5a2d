import { post, Refusal } from './application.js';
import { byId, isBusy, say, setBusy } from './dom.js';
import { bytes, rate, seconds } from './format.js';

/** Starts transfers, and shows how far the latest one is, from whichever page it was started. */
export class Transfer {

	/** What is to be called when there is something new. */
	constructor(changed) {
		this.changed = changed;
		this.form = byId('transfer');
		this.button = this.form.querySelector('button');
		this.error = byId('transfer-error');
		this.result = byId('transfer-result');
		this.form.addEventListener('submit', (event) => {
			event.preventDefault();
			this.start();
		});
	}

	show(transfer) {
		if (!transfer) {
			setBusy(this.button, false);
			return;
		}
		const speed = transfer.bytes / Math.max(seconds(transfer.duration), 0.001);
		byId('progress').value = transfer.percent;
		say(byId('moved'), `${transfer.percent} %, ${bytes(transfer.bytes)} of ${bytes(transfer.totalBytes)}, ${rate(speed)}`);
		this.result.className = transfer.state === 'FAILED' || transfer.matches === false ? 'error' : '';
		say(this.result, Transfer.outcome(transfer));
		setBusy(this.button, transfer.state === 'RUNNING');
	}

	static outcome(transfer) {
		// The path is a URI
		const file = decodeURIComponent(transfer.path.slice(transfer.path.lastIndexOf('/') + 1));
		switch (transfer.state) {
			case 'RUNNING':
				return `Streaming “${file}” ${transfer.times} ${transfer.times === 1 ? 'time' : 'times'}`;
			case 'FAILED':
				return `The transfer failed: ${transfer.error}`;
			default:
				return `Done in ${seconds(transfer.duration).toFixed(1)} s. What was sent and what arrived `
					+ `${transfer.matches ? 'agree' : 'DIFFER'}: SHA-256 ${transfer.sha256.slice(0, 8)}…`;
		}
	}

	async start() {
		if (isBusy(this.button)) {
			return;
		}
		setBusy(this.button, true);
		say(this.error, '');
		this.mark('');
		try {
			this.show(await post('transfers', { body: new URLSearchParams(new FormData(this.form)) }));
		}
		catch (failure) {
			setBusy(this.button, false);
			say(this.error, failure instanceof Refusal ? failure.message : 'The transfer could not be started.');
			this.mark(this.error.textContent);
		}
		this.changed();
	}

	/** The message begins with the name of the field that is wrong. */
	mark(message) {
		for (const input of this.form.querySelectorAll('input')) {
			input.setAttribute('aria-invalid', String(message.startsWith(`'${input.name}'`)));
		}
		this.form.querySelector('[aria-invalid=true]')?.focus();
	}

}
