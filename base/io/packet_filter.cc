#include "base/io/packet_filter.h"

#include <linux/filter.h>
#include <sys/socket.h>
#include <vector>

#include "base/core/check.h"

namespace sallyport::io {
namespace {

// The longest jump is over all IPv4 addresses: two steps each.
std::vector<sock_filter> drop_from(std::span<const IpAddress> clients) {
  const auto network = [](std::size_t offset) {
    return static_cast<std::uint32_t>(SKF_NET_OFF) + static_cast<std::uint32_t>(offset);
  };
  const auto word_of = [](const IpAddress& address, std::size_t at) {
    const auto& bytes = address.bytes();
    return std::uint32_t{bytes[at]} << 24 | std::uint32_t{bytes[at + 1]} << 16 |
           std::uint32_t{bytes[at + 2]} << 8 | std::uint32_t{bytes[at + 3]};
  };
  constexpr std::uint16_t kLoad = BPF_LD | BPF_W | BPF_ABS;
  constexpr std::uint16_t kIfEqual = BPF_JMP | BPF_JEQ | BPF_K;
  const sock_filter drop = BPF_STMT(BPF_RET | BPF_K, 0);
  const sock_filter take = BPF_STMT(BPF_RET | BPF_K, 0xffffffff);
  std::vector<sock_filter> v4{BPF_STMT(kLoad, network(12))};  // RFC 791 3.1: the source
  std::vector<sock_filter> v6;
  for (const IpAddress& client : clients) {
    if (client.is_v4()) {
      v4.push_back(BPF_JUMP(kIfEqual, client.v4_value(), 0, 1));
      v4.push_back(drop);
    } else {
      v6.push_back(BPF_STMT(kLoad, network(8)));  // RFC 8200 3
      v6.push_back(BPF_JUMP(kIfEqual, word_of(client, 0), 0, 3));
      v6.push_back(BPF_STMT(kLoad, network(12)));
      v6.push_back(BPF_JUMP(kIfEqual, word_of(client, 4), 0, 1));
      v6.push_back(drop);
    }
  }
  v4.push_back(take);
  v6.push_back(take);
  std::vector<sock_filter> steps{BPF_STMT(BPF_LD | BPF_B | BPF_ABS, network(0)),
                                 BPF_STMT(BPF_ALU | BPF_RSH | BPF_K, 4),
                                 BPF_JUMP(kIfEqual, 4, 0, static_cast<std::uint8_t>(v4.size()))};
  steps.insert(steps.end(), v4.begin(), v4.end());
  steps.insert(steps.end(), v6.begin(), v6.end());
  return steps;
}

}  // namespace

bool drop_packets_from(int socket, std::span<const IpAddress> clients) {
  CHECK(clients.size() <= 120);
  std::vector<sock_filter> steps = drop_from(clients);
  const sock_fprog program{static_cast<unsigned short>(steps.size()), steps.data()};
  return ::setsockopt(socket, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) == 0;
}

void take_every_packet(int socket) {
  const int ignored = 0;
  ::setsockopt(socket, SOL_SOCKET, SO_DETACH_FILTER, &ignored, sizeof ignored);
}

}  // namespace sallyport::io
