package dev.socketpair.autoconfigure.actuate;

import java.util.Set;

import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Properties for the endpoint for socket pairs.
 *
 * @param showValues When to show the arguments of the commands of child processes.
 * @param roles Roles used to determine whether a user is authorized to be shown the
 * arguments. When empty, all authenticated users are authorized.
 */
@ConfigurationProperties("management.endpoint.socketpairs")
public record SocketPairsEndpointProperties(@DefaultValue("never") Show showValues, @DefaultValue Set<String> roles) {
}
