#include "discovery/store/event_block.h"

#include <algorithm>
#include <cstring>
#include <zstd.h>

#include "base/core/check.h"
#include "discovery/events/pack_event.h"

namespace sallyport::discovery {
namespace {

constexpr std::size_t kIdBytes = 16;
constexpr int kLevel = 1;  // The fastest of the usual ones; the next ones save little more here.

void append_u32(std::string& out, std::size_t value) {
  for (int shift = 0; shift < 32; shift += 8) out += static_cast<char>(value >> shift & 0xff);
}

std::size_t read_u32(const char* bytes) {
  std::size_t value = 0;
  for (int i = 3; i >= 0; --i) value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

std::string_view bytes_of(const Ulid& id) {
  return {reinterpret_cast<const char*>(id.bytes.data()), kIdBytes};
}

std::unexpected<Error> damaged(std::string_view why) {
  return fail(ErrorKind::invalid, Side::ours,
              "a block of the event store cannot be read: " + std::string(why) +
                  "; the file is damaged: stop the gateway, move it away (with -wal and -shm) and "
                  "start again, or put a backup in its place");
}

}  // namespace

std::int64_t millis_of(const Ulid& id) {
  std::int64_t millis = 0;
  for (int i = 0; i < 6; ++i) millis = millis << 8 | id.bytes[i];
  return millis;
}

Ulid first_id_of(std::int64_t millis) {
  millis = std::clamp<std::int64_t>(millis, 0, (std::int64_t{1} << 48) - 1);
  Ulid id;
  for (int i = 0; i < 6; ++i) id.bytes[i] = static_cast<std::uint8_t>(millis >> (40 - 8 * i));
  return id;
}

struct BlockWriter::Zstd {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ~Zstd() { ZSTD_freeCCtx(context); }
};

BlockWriter::BlockWriter() : zstd_(std::make_unique<Zstd>()) {
  CHECK(zstd_->context != nullptr);
  ZSTD_CCtx_setParameter(zstd_->context, ZSTD_c_compressionLevel, kLevel);
  // A bit that flipped on the disk is told apart from events.
  ZSTD_CCtx_setParameter(zstd_->context, ZSTD_c_checksumFlag, 1);
}

BlockWriter::~BlockWriter() = default;

std::span<const EventBlock> BlockWriter::write(std::vector<const Event*> events) {
  blocks_.clear();
  const auto by_start = [](const Event* a, const Event* b) { return a->start < b->start; };
  const auto by_id = [](const Event* a, const Event* b) { return a->id < b->id; };
  std::sort(events.begin(), events.end(), by_start);
  // Nearly always one group of both kinds: what ended in this moment began in it.
  for (auto first = events.begin(); first != events.end();) {
    const auto last = std::find_if(first, events.end(), [&](const Event* event) {
      return event->start - (*first)->start > kBlockSpan;
    });
    std::sort(first, last, by_id);
    while (first != last) {
      const auto end = std::find_if(first, last, [&](const Event* event) {
        return millis_of(event->id) - millis_of((*first)->id) > kBlockSpanMillis;
      });
      write_block({first, end});
      first = end;
    }
  }
  return blocks_;
}

// One block, or several where they are too many or too large.
void BlockWriter::write_block(std::span<const Event* const> events) {
  while (!events.empty()) {
    EventBlock& block = blocks_.emplace_back();
    lengths_.clear();
    bodies_.clear();
    block.first_time = block.last_time = events.front()->start;
    block.first_id = events.front()->id;
    while (!events.empty() && block.events < kMostBlockEvents && bodies_.size() < kMostBlockBytes) {
      const Event& event = *events.front();
      const std::size_t before = bodies_.size();
      pack_event(event, bodies_);
      append_u32(lengths_, bodies_.size() - before);
      block.ids += bytes_of(event.id);
      block.last_id = event.id;
      block.first_time = std::min(block.first_time, event.start);
      block.last_time = std::max(block.last_time, event.start);
      block.activities += static_cast<std::uint32_t>(event.activities.size());
      ++block.events;
      filter_.add(event);
      events = events.subspan(1);
    }
    block.filter = filter_.build();
    compress(block.data);
  }
}

void BlockWriter::compress(std::string& into) {
  lengths_ += bodies_;
  const std::size_t most = ZSTD_compressBound(lengths_.size());
  into.resize_and_overwrite(most, [this](char* to, std::size_t room) {
    const std::size_t size =
        ZSTD_compress2(zstd_->context, to, room, lengths_.data(), lengths_.size());
    CHECK(ZSTD_isError(size) == 0);  // It has room for the worst case.
    return size;
  });
}

Result<OpenBlock> OpenBlock::open(std::string_view ids, std::string_view data) {
  const std::size_t count = ids.size() / kIdBytes;
  if (count == 0 || ids.size() % kIdBytes != 0) return damaged("its ids are cut off");
  const unsigned long long whole = ZSTD_getFrameContentSize(data.data(), data.size());
  if (whole == ZSTD_CONTENTSIZE_ERROR || whole == ZSTD_CONTENTSIZE_UNKNOWN) {
    return damaged("it is not compressed as we do it");
  }
  if (whole > kMostOpenBytes) return damaged("it is too large");
  if (whole < count * 4) return damaged("it holds fewer events than ids");
  OpenBlock block;
  block.ids_ = ids;
  block.bytes_ = std::make_unique_for_overwrite<char[]>(whole);
  const std::size_t size = ZSTD_decompress(block.bytes_.get(), whole, data.data(), data.size());
  if (ZSTD_isError(size) != 0 || size != whole) return damaged("it does not uncompress");
  std::string_view rest(block.bytes_.get() + count * 4, whole - count * 4);
  block.packed_.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t length = read_u32(block.bytes_.get() + i * 4);
    if (length > rest.size()) return damaged("an event is cut off");
    block.packed_.push_back(rest.substr(0, length));
    rest.remove_prefix(length);
  }
  if (!rest.empty()) return damaged("it holds more events than ids");
  return block;
}

Ulid OpenBlock::id(std::size_t at) const {
  Ulid id;
  std::memcpy(id.bytes.data(), ids_.data() + at * kIdBytes, kIdBytes);
  return id;
}

std::size_t find_id(std::string_view ids, const Ulid& id) {
  const std::string_view wanted = bytes_of(id);
  std::size_t first = 0;
  std::size_t last = ids.size() / kIdBytes;
  while (first < last) {
    const std::size_t middle = first + (last - first) / 2;
    const int order = ids.substr(middle * kIdBytes, kIdBytes).compare(wanted);
    if (order == 0) return middle;
    (order < 0 ? first : last) = order < 0 ? middle + 1 : middle;
  }
  return kNotThere;
}

}  // namespace sallyport::discovery
