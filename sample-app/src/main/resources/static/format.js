const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** Three digits at least, and a unit of 1000: 0 B, 17 B, 1.23 kB, 45.6 MB, 789 GB. */
export function bytes(number) {
	if (number == null) {
		return '–';
	}
	let value = number;
	let unit = 0;
	while (value >= 999.5 && unit < UNITS.length - 1) {
		value /= 1000;
		unit++;
	}
	const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
	return `${value.toFixed(digits)} ${UNITS[unit]}`;
}

export function rate(bytesPerSecond) {
	return bytesPerSecond == null ? '–' : `${bytes(bytesPerSecond)}/s`;
}

/** As a round number is written: 2 GB/s and not 2.00 GB/s. */
export function roundRate(bytesPerSecond) {
	return rate(bytesPerSecond).replace(/\.0+ /, ' ').replace(/(\.\d*?)0+ /, '$1 ');
}

/** Of an ISO 8601 duration, as java.time writes it: PT2M5.25S. */
export function seconds(duration) {
	const [, hours, minutes, rest] = /^PT(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?$/.exec(duration) ?? [];
	return 3600 * (hours ?? 0) + 60 * (minutes ?? 0) + 1 * (rest ?? 0);
}

/** Of a number of seconds: 0.42 s, 7 s, 3 min, 2 h, 5 d. */
export function age(number) {
	if (number < 120) {
		return `${Math.floor(number)} s`;
	}
	return number < 7200 ? `${Math.floor(number / 60)} min`
		: number < 172800 ? `${Math.floor(number / 3600)} h` : `${Math.floor(number / 86400)} d`;
}

export function count(number) {
	return number == null ? '–' : number.toLocaleString('en');
}

/** WAITING_TO_RESTART is "waiting to restart". */
export function words(constant) {
	return constant.toLowerCase().replaceAll('_', ' ');
}
