// What it costs to read a WebSocket by its frames: counting, as the gateway does where nobody looks
// into messages, and whole messages, as an inspector gets them. Input comes in pieces of 64 KiB, as
// from a socket.

#include <benchmark/benchmark.h>
#include <string>

#include "base/websocket/frames_for_tests.h"
#include "base/websocket/message_reader.h"

namespace {

using namespace sallyport::websocket;

constexpr std::size_t kPiece = 64 * 1024;
constexpr std::size_t kAll = 16 * 1024 * 1024;

std::string conversation(Sender sender, int first, const std::string& payload) {
  const std::string frame = frame_of(sender, first, payload);
  std::string all;
  while (all.size() < kAll) all += frame;
  return all;
}

void count(benchmark::State& state, Sender sender) {
  const auto size = static_cast<std::size_t>(state.range(0));
  const std::string all = conversation(sender, 0x82, std::string(size, 'x'));
  std::uint64_t messages = 0;
  for (auto _ : state) {
    FrameReader reader({.sender = sender});
    for (Bytes rest = bytes_of(all); !rest.empty();) {
      Bytes input = rest.first(std::min(kPiece, rest.size()));
      rest = rest.subspan(input.size());
      for (Step step = Step::frame; step != Step::more;) {
        step = reader.next(input);
        if (step == Step::payload && reader.message_ended()) ++messages;
      }
    }
  }
  benchmark::DoNotOptimize(messages);
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * all.size()));
  state.SetItemsProcessed(static_cast<std::int64_t>(messages));
}

void read(benchmark::State& state, int first, bool deflated) {
  std::string payload;
  while (payload.size() < static_cast<std::size_t>(state.range(0))) {
    payload += "{\"id\":" + std::to_string(payload.size() * 7919) + ",\"text\":\"a message\"},";
  }
  payload.resize(static_cast<std::size_t>(state.range(0)));
  const std::string carried = deflated ? Deflater(false).message(payload) : payload;
  const std::string all = conversation(Sender::client, first, carried);
  Extensions extensions;
  if (deflated) extensions.deflate = Extensions::Deflate{{false, 15}, {false, 15}};
  std::uint64_t bytes = 0;
  for (auto _ : state) {
    FrameReader reader(extensions.rules(Sender::client));
    MessageReader messages(extensions, Sender::client, {});
    for (Bytes rest = bytes_of(all); !rest.empty();) {
      Bytes input = rest.first(std::min(kPiece, rest.size()));
      rest = rest.subspan(input.size());
      for (Step step = Step::frame; step != Step::more;) {
        step = reader.next(input);
        if (step == Step::frame) messages.begin(reader.head());
        if (step != Step::payload) continue;
        if (const Message* message = messages.add(reader)) bytes += message->size;
      }
    }
  }
  // Of messages as they are read, not as they are carried.
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}

BENCHMARK_CAPTURE(count, client, Sender::client)->Arg(64)->Arg(1024)->Arg(64 * 1024);
BENCHMARK_CAPTURE(count, origin, Sender::server)->Arg(0)->Arg(64)->Arg(64 * 1024);
BENCHMARK_CAPTURE(read, binary, 0x82, false)->Arg(64)->Arg(64 * 1024);
BENCHMARK_CAPTURE(read, text, 0x81, false)->Arg(64)->Arg(64 * 1024);
BENCHMARK_CAPTURE(read, text_deflated, 0xc1, true)->Arg(64)->Arg(64 * 1024);

}  // namespace

BENCHMARK_MAIN();
