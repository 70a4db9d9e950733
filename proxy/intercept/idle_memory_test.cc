// What an idle opened connection holds: counted in bytes, so that nobody keeps a buffer or a large
// frame alive while the client thinks.

#include <gtest/gtest.h>
#include <malloc.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
// The runtime has it; g++ does not ship sanitizer/allocator_interface.h.
extern "C" std::size_t __sanitizer_get_current_allocated_bytes();
#endif

#include "base/io/block.h"
#include "tests/kit/hellos.h"
#include "tests/kit/rig.h"

namespace sallyport::intercept {
namespace {

using namespace std::chrono_literals;
using testkit::Client;
using testkit::OriginServer;
using testkit::Rig;

constexpr std::size_t kConnections = 100;

std::size_t allocated() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return __sanitizer_get_current_allocated_bytes();
#else
  return mallinfo2().uordblks;
#endif
}

// Of our side alone: what is freed when it ends, while clients and origin stay.
TEST(IdleMemory, AnOpenedConnectionThatWaitsHoldsLittleMoreThanItsTls) {
  Rig rig;
  OriginServer& origin = rig.tls_origin("files.example");
  origin.always_says("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
  std::vector<Client> clients;
  for (std::size_t i = 0; i < kConnections; ++i) {
    clients.push_back(rig.client());
    ASSERT_TRUE(clients.back().opens("files.example:443", {.server_name = "files.example"}));
    clients.back().says("GET / HTTP/1.1\r\nHost: files.example\r\n\r\n");
    ASSERT_EQ(testkit::body_of(clients.back().hears()), "hello");
  }
  EXPECT_EQ(io::Block::in_use(), 0u);  // At once, on both legs.
  rig.pass(6s);                        // Then the rest is given back.
  const std::size_t open = allocated();
  for (Client& client : clients) client.resets();
  rig.settle();
  EXPECT_TRUE(rig.parts().proxy().empty());
  const std::size_t ended = allocated();
  const std::size_t held = (open - ended) / kConnections;
  // OpenSSL's are 13 to 14 KiB of it.
  EXPECT_GT(held, 10u * 1024);
  EXPECT_LT(held, 22u * 1024);
}

}  // namespace
}  // namespace sallyport::intercept
