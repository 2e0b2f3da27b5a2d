package dev.socketpair.sample;

/**
 * What a worker is asked.
 *
 * @param text the text to count and digest
 */
record TextRequest(String text) {

}
