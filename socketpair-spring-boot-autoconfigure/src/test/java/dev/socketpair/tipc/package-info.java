/**
 * The domain {@code tipc}, which runs in a kernel of its own: see
 * {@link dev.socketpair.tipc.TipcContractTests}.
 */
package dev.socketpair.tipc;
