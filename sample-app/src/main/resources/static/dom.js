/** Makes an element. Content is text or elements, never markup. */
export function element(name, attributes = {}, ...content) {
	const made = document.createElement(name);
	for (const [attribute, value] of Object.entries(attributes)) {
		made.setAttribute(attribute, value);
	}
	made.append(...content);
	return made;
}

export function byId(id) {
	return document.getElementById(id);
}

/** Leaves an element alone that has the text already, so that nothing is read out twice. */
export function say(target, text) {
	const content = String(text ?? '–');
	if (target.textContent !== content) {
		target.textContent = content;
	}
}

/** A button that is disabled would lose the focus. */
export function setBusy(button, busy) {
	button.setAttribute('aria-disabled', String(busy));
}

export function isBusy(button) {
	return button.getAttribute('aria-disabled') === 'true';
}
