// Any bytes as a ticket and as the file of its keys: nothing opens that was not sealed, what
// decodes encodes to the same bytes and leads nowhere but to its host, and keys that are read are
// written alike.

#include <cstdint>

#include "base/core/check.h"
#include "proxy/portal/ticket_keys.h"

namespace {

using namespace sallyport;
using namespace sallyport::portal;

const Time kNow{std::chrono::seconds(1'764'000'000)};

const TicketKeys& keys() {
  static const TicketKeys made = TicketKeys::make(kNow);
  return made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  CHECK(!keys().open(bytes, {"ana", "192.0.2.7"}, kNow));

  if (std::expected<Ticket, TicketFault> ticket = decode_ticket(bytes)) {
    CHECK(encode_ticket(*ticket) == bytes);
    CHECK(ticket->return_url.empty() || leads_to(ticket->return_url, ticket->host));
    // Sealed, it opens for its holder, within its time.
    const Holder holder{"ana", "192.0.2.7"};
    ticket->user = holder.user;
    ticket->client = holder.client;
    ticket->issued = kNow;
    ticket->expires = kNow + std::chrono::minutes(5);
    if (const auto sealed = keys().seal(*ticket)) {
      const auto back = keys().open(*sealed, holder, kNow);
      CHECK(back && back->nonce == ticket->nonce && back->return_url == ticket->return_url);
      CHECK(!keys().open(*sealed, {"mallory", holder.client}, kNow));
    }
  }
  if (const Result<TicketKeys> read = TicketKeys::parse(bytes)) {
    const Result<TicketKeys> again = TicketKeys::parse(read->text());
    CHECK(again && again->text() == read->text());
  }
  return 0;
}
