#pragma once
// UDP towards one peer, as a ByteStream whose every try_write is one datagram, taken whole or not
// at all, and whose every try_read is one, cut where it is longer than asked for. For senders that
// expect no answer (syslog): they read to learn that nobody listens, which the network may tell.

#include <memory>

#include "base/io/tcp.h"
#include "base/io/worker.h"

namespace sallyport::io {

// Its attempts never wait: connecting a UDP socket asks nobody. try_write fails with
// ErrorKind::limit where a datagram is too large for the network; the stream stays usable then.
// Must not outlive the worker.
std::unique_ptr<Connector> make_udp_connector(Worker& worker);

}  // namespace sallyport::io
