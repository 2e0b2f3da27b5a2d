package dev.socketpair.actuate;

import java.util.Set;

import dev.socketpair.actuate.SocketPairsEndpoint.NamedSocketPairsDescriptor;
import dev.socketpair.actuate.SocketPairsEndpoint.SocketPairsDescriptor;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

/**
 * {@link EndpointWebExtension @EndpointWebExtension} for the {@link SocketPairsEndpoint}:
 * whether arguments are shown may depend on the caller.
 */
@EndpointWebExtension(endpoint = SocketPairsEndpoint.class)
public class SocketPairsEndpointWebExtension {

	private final SocketPairsEndpoint delegate;

	private final Show showValues;

	private final Set<String> roles;

	/**
	 * Create the extension.
	 * @param delegate the endpoint
	 * @param showValues when arguments are shown
	 * @param roles the roles that authorize a user to see them; any authenticated user
	 * may if there are none
	 */
	public SocketPairsEndpointWebExtension(SocketPairsEndpoint delegate, Show showValues, Set<String> roles) {
		this.delegate = delegate;
		this.showValues = showValues;
		this.roles = roles;
	}

	/**
	 * Describe all open pairs and all processes.
	 * @param securityContext the security context of the caller
	 * @return the description
	 */
	@ReadOperation
	public SocketPairsDescriptor socketPairs(SecurityContext securityContext) {
		return this.delegate.socketPairs(this.showValues.isShown(securityContext, this.roles));
	}

	/**
	 * Describe the open pairs of a name and the process of that name.
	 * @param securityContext the security context of the caller
	 * @param name the name of a pair or a process
	 * @return the description, or {@code null} if there is neither
	 */
	@ReadOperation
	public @Nullable NamedSocketPairsDescriptor socketPair(SecurityContext securityContext, @Selector String name) {
		return this.delegate.socketPair(name, this.showValues.isShown(securityContext, this.roles));
	}

}
