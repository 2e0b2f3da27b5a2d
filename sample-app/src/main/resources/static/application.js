/** Talks to the application. */

const PATIENCE_MILLIS = 10_000;

/** The application answered, and says what is wrong. */
export class Refusal extends Error {
}

async function request(path, options) {
	return fetch(path, { cache: 'no-store', signal: AbortSignal.timeout(PATIENCE_MILLIS), ...options });
}

async function get(path, expected = 200) {
	const response = await request(path);
	if (!response.ok && response.status !== expected) {
		throw new Error(`${path} answered with status ${response.status}`);
	}
	// Neither no content nor an unknown meter has a body
	const text = await response.text();
	return text ? JSON.parse(text) : undefined;
}

/** Posts, and throws a Refusal with the application's own words. */
export async function post(path, options = {}) {
	const response = await request(path, { method: 'POST', ...options });
	if (response.ok) {
		return response.json();
	}
	const problem = await response.json().catch(() => undefined);
	throw new Refusal(problem?.detail ?? `The application answered with status ${response.status}`);
}

/** How the moved bytes are read: from the meter, so that pairs that are closed by now count. */
function metered(meter) {
	return meter?.measurements[0].value;
}

/** All that the page shows, as it is now. */
export async function snapshot() {
	const [state, health, sent, received, transfer] = await Promise.all([
		get('actuator/socketpairs'),
		// Health that is down
		get('actuator/health', 503),
		// The meter of what never happened
		get('actuator/metrics/socketpair.bytes?tag=direction:sent', 404),
		get('actuator/metrics/socketpair.bytes?tag=direction:received', 404),
		get('transfers/latest'),
	]);
	return { time: performance.now(), ...state, health, sent: metered(sent), received: metered(received), transfer };
}
