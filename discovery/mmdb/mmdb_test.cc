#include "discovery/mmdb/mmdb.h"

#include <cstdio>
#include <gtest/gtest.h>
#include <maxminddb.h>
#include <random>
#include <sys/mman.h>
#include <unistd.h>

#include "discovery/mmdb/mmdb_writer.h"

namespace sallyport::discovery {
namespace {

IpAddress ip(std::string_view text) { return *IpAddress::parse(text); }

MmdbValue country(std::string_view code) {
  return MmdbValue::map({{"country", MmdbValue::map({{"iso_code", MmdbValue::text(code)}})}});
}

struct Network {
  std::string_view prefix;
  std::string_view code;
};

std::string written(const std::vector<Network>& networks, MmdbWriter::Options options = {}) {
  MmdbWriter writer(std::move(options));
  for (const auto& [prefix, code] : networks) {
    writer.add(*IpPrefix::parse(prefix), writer.value(country(code)));
  }
  return writer.finish();
}

std::string shown(const MmdbScalar& value) {
  struct Show {
    std::string operator()(std::monostate) const { return "-"; }
    std::string operator()(std::string_view text) const { return std::string(text); }
    std::string operator()(std::uint64_t number) const { return std::to_string(number) + "u"; }
    std::string operator()(std::int64_t number) const { return std::to_string(number) + "i"; }
    std::string operator()(double number) const { return std::to_string(number); }
    std::string operator()(bool yes) const { return yes ? "true" : "false"; }
  };
  return std::visit(Show(), value);
}

// Every network with its country, one a line; or why not.
std::string read(std::string_view bytes) {
  const Result<Mmdb> db = Mmdb::open(bytes);
  if (!db) return db.error().detail;
  std::string out;
  const Result<void> walked = db->walk([&](const IpPrefix& network, Mmdb::Entry entry) {
    out += network.to_string() + " " + shown(db->find(entry, {{"country", "iso_code"}})) + "\n";
    return out.size() < 10'000;
  });
  return walked ? out : walked.error().detail;
}

// What stands at `path` of the only value of a file.
std::string find(const MmdbValue& value, std::vector<std::string_view> path) {
  MmdbWriter writer({});
  writer.add(ip("192.0.2.0"), ip("192.0.2.255"), writer.value(value));
  const std::string bytes = writer.finish();
  const Result<Mmdb> db = Mmdb::open(bytes);
  EXPECT_TRUE(db) << db.error().detail;
  return shown(db->find(*db->look_up(ip("192.0.2.1")), path));
}

TEST(Mmdb, WalksBothFamiliesInOrder) {
  EXPECT_EQ(read(written({{"2001:db8::/32", "DE"},
                          {"198.51.100.0/25", "FR"},
                          {"192.0.2.0/24", "AT"},
                          {"2001:db8:8000::/33", "CH"},
                          {"203.0.113.7/32", "NO"}})),
            "192.0.2.0/24 AT\n"
            "198.51.100.0/25 FR\n"
            "203.0.113.7/32 NO\n"
            "2001:db8::/33 DE\n"
            "2001:db8:8000::/33 CH\n");
}

TEST(Mmdb, LetsTheLaterOfTwoNetworksHold) {
  EXPECT_EQ(read(written({{"192.0.2.0/24", "AT"}, {"192.0.2.128/25", "DE"}})),
            "192.0.2.0/25 AT\n192.0.2.128/25 DE\n");
  EXPECT_EQ(read(written({{"192.0.2.128/25", "DE"}, {"192.0.2.0/24", "AT"}})), "192.0.2.0/24 AT\n");
  // More than all of IPv4 covers IPv4.
  EXPECT_EQ(read(written({{"192.0.2.0/24", "AT"}, {"::/1", "IT"}})), "0.0.0.0/0 IT\n::/1 IT\n");
}

TEST(Mmdb, JoinsHalvesThatSayTheSame) {
  EXPECT_EQ(read(written({{"192.0.2.0/25", "AT"}, {"192.0.2.128/25", "AT"}})), "192.0.2.0/24 AT\n");
  EXPECT_EQ(read(written({{"0.0.0.0/0", "AT"}})), "0.0.0.0/0 AT\n");
}

TEST(Mmdb, ReadsFilesForOneFamily) {
  const std::string bytes = written({{"192.0.2.0/24", "AT"}}, {.ip_version = 4});
  EXPECT_EQ(read(bytes), "192.0.2.0/24 AT\n");
  const Result<Mmdb> db = Mmdb::open(bytes);
  EXPECT_TRUE(db->look_up(ip("192.0.2.1")));
  EXPECT_FALSE(db->look_up(ip("192.0.3.1")));
  EXPECT_FALSE(db->look_up(ip("2001:db8::1")));  // A miss, not an error.
}

TEST(Mmdb, ReadsMetadata) {
  const Time built = *parse_rfc3339("2026-06-25T04:33:59Z");
  const std::string bytes = written({{"192.0.2.0/24", "AT"}},
                                    {.type = "Te\x1bst", .built = built, .least_record_bits = 28});
  const Mmdb::Metadata metadata = Mmdb::open(bytes)->metadata();
  EXPECT_EQ(metadata.type, "Te\\x1bst");
  EXPECT_EQ(metadata.built, built);
  EXPECT_EQ(metadata.record_bits, 28);
  EXPECT_EQ(metadata.ip_version, 6);
  // 96 bits to IPv4 and 24 inside, 80 more to ::ffff:0:0 and 15 to 2002::, less what they share.
  EXPECT_GT(metadata.nodes, 120u);
  EXPECT_LT(metadata.nodes, 160u);
}

TEST(Mmdb, FollowsPathsThroughMapsAndArrays) {
  const MmdbValue value = MmdbValue::map(
      {{"a", {MmdbValue::Array{MmdbValue::text("x"), MmdbValue::map({{"b", {true}}})}}},
       {"asn", MmdbValue::uint32(4294967295)},
       {"big", {std::uint64_t{1} << 63}},
       {"low", {std::int32_t{-7}}},
       {"lat", MmdbValue::number(-33.5)},
       {"none", MmdbValue::text("")},
       {"zero", MmdbValue::uint32(0)}});
  EXPECT_EQ(find(value, {"a", "0"}), "x");
  EXPECT_EQ(find(value, {"a", "1", "b"}), "true");
  EXPECT_EQ(find(value, {"a", "2"}), "-");
  EXPECT_EQ(find(value, {"a", "x"}), "-");
  EXPECT_EQ(find(value, {"asn"}), "4294967295u");
  EXPECT_EQ(find(value, {"big"}), "9223372036854775808u");
  EXPECT_EQ(find(value, {"low"}), "-7i");
  EXPECT_EQ(find(value, {"lat"}), "-33.500000");
  EXPECT_EQ(find(value, {"none"}), "");
  EXPECT_EQ(find(value, {"zero"}), "0u");
  EXPECT_EQ(find(value, {"missing"}), "-");
  EXPECT_EQ(find(value, {}), "-");
  EXPECT_EQ(find(value, {"asn", "deeper"}), "-");
}

TEST(Mmdb, ReadsEverySizeOfField) {
  for (const std::size_t size : {0, 28, 29, 284, 285, 65820, 65821, 70000}) {
    const std::string text(size, 'x');
    const MmdbValue value =
        MmdbValue::map({{"first", MmdbValue::text(text)}, {"second", MmdbValue::text("y")}});
    EXPECT_EQ(find(value, {"first"}), text) << size;
    EXPECT_EQ(find(value, {"second"}), "y") << size;
  }
  MmdbValue::Map many;
  for (int i = 0; i < 300; ++i) many.push_back({"k" + std::to_string(i), {std::uint16_t{7}}});
  EXPECT_EQ(find({many}, {"k299"}), "7u");
}

TEST(Mmdb, ReadsEverySizeOfPointer) {
  MmdbWriter writer({});
  std::vector<MmdbWriter::Handle> handles;
  // Each key is met twice: the second time through a pointer to where it stood.
  for (const int round : {0, 1}) {
    for (const std::size_t padding : {10, 3000, 600'000}) {
      const std::string key = "key" + std::to_string(padding);
      handles.push_back(writer.value(
          MmdbValue::map({{key, MmdbValue::uint32(static_cast<std::uint32_t>(padding) + round)},
                          {"padding", MmdbValue::text(std::string(padding, 'x'))}})));
    }
  }
  std::uint32_t network = 0;
  for (const auto handle : handles) {
    writer.add({IpAddress::v4(network++ << 8), 24}, handle);
  }
  const std::string bytes = writer.finish();
  const Result<Mmdb> db = Mmdb::open(bytes);
  std::string out;
  for (std::uint32_t i = 0; i < network; ++i) {
    const auto entry = db->look_up(IpAddress::v4(i << 8));
    for (const std::string_view key : {"key10", "key3000", "key600000"}) {
      out += shown(db->find(*entry, {{key}})) + " ";
    }
  }
  EXPECT_EQ(out,
            "10u - - - 3000u - - - 600000u "
            "11u - - - 3001u - - - 600001u ");
}

// ---- libmaxminddb is the judge of both, reader and writer. The gateway does without it.

class Judge {
 public:
  explicit Judge(std::string_view bytes) : file_(::memfd_create("judge", 0)) {
    EXPECT_EQ(::write(file_, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
    const std::string path = "/proc/self/fd/" + std::to_string(file_);
    const int status = ::MMDB_open(path.c_str(), MMDB_MODE_MMAP, &db_);
    opened_ = status == MMDB_SUCCESS;
    EXPECT_TRUE(opened_) << ::MMDB_strerror(status);
  }
  ~Judge() {
    if (opened_) ::MMDB_close(&db_);
    ::close(file_);
  }

  std::string country(const IpAddress& address) {
    if (!opened_) return "not opened";
    int resolving = 0;
    int error = 0;
    MMDB_lookup_result_s found =
        ::MMDB_lookup_string(&db_, address.to_string().c_str(), &resolving, &error);
    if (resolving != 0 || error != 0) return "error " + std::to_string(error);
    if (!found.found_entry) return "nothing";
    MMDB_entry_data_s data;
    error = ::MMDB_get_value(&found.entry, &data, "country", "iso_code", nullptr);
    if (error != 0 || !data.has_data || data.type != MMDB_DATA_TYPE_UTF8_STRING) return "-";
    return {data.utf8_string, data.data_size};
  }

 private:
  int file_;
  MMDB_s db_{};
  bool opened_ = false;
};

TEST(Mmdb, AgreesWithLibmaxminddb) {
  std::mt19937 random(1);
  const auto address = [&]() -> IpAddress {
    // Near each other, so that networks overlap and look-ups hit.
    if (random() % 2 == 0) return IpAddress::v4(0xc0000000 | (random() & 0x00ff00ff));
    std::array<std::uint8_t, 16> bytes{0x20, 0x01, 0x0d, 0xb8};
    for (const std::size_t at : {4, 5, 9, 15}) bytes[at] = random() & 0x83;
    return IpAddress::v6(bytes);
  };
  for (const int record_bits : {24, 28, 32}) {
    MmdbWriter writer({.least_record_bits = record_bits});
    for (int i = 0; i < 300; ++i) {
      IpAddress first = address();
      IpAddress last = address();
      if (first.is_v4() != last.is_v4()) last = first;
      if (last < first) std::swap(first, last);
      const std::string code{static_cast<char>('A' + random() % 26),
                             static_cast<char>('A' + random() % 26)};
      writer.add(first, last, writer.value(country(code)));
    }
    const std::string bytes = writer.finish();
    const Result<Mmdb> db = Mmdb::open(bytes);
    ASSERT_TRUE(db);
    ASSERT_EQ(db->metadata().record_bits, record_bits);
    Judge judge(bytes);
    int hits = 0;
    for (int i = 0; i < 3000; ++i) {
      const IpAddress asked = address();
      const auto entry = db->look_up(asked);
      const std::string ours =
          entry ? shown(db->find(*entry, {{"country", "iso_code"}})) : "nothing";
      ASSERT_EQ(ours, judge.country(asked)) << asked.to_string();
      hits += entry ? 1 : 0;
    }
    EXPECT_GT(hits, 1000);
    EXPECT_LT(hits, 3000);
  }
}

TEST(Mmdb, HangsIpv4InWhereOtherReadersLookForIt) {
  const std::string bytes = written({{"192.0.2.0/24", "AT"}});
  EXPECT_EQ(read(bytes), "192.0.2.0/24 AT\n");  // Once.
  Judge judge(bytes);
  EXPECT_EQ(judge.country(ip("192.0.2.1")), "AT");
  EXPECT_EQ(judge.country(ip("2002:c000:0201::1")), "AT");
  const Result<Mmdb> db = Mmdb::open(bytes);
  EXPECT_TRUE(db->look_up(ip("2002:c000:0201::1")));
}

// ---- broken and hostile files

TEST(Mmdb, RefusesWhatIsNoMmdb) {
  EXPECT_EQ(read(""), "no MMDB file, or one that was cut off");
  EXPECT_EQ(read(std::string(200'000, 'x')), "no MMDB file, or one that was cut off");
  const std::string bytes = written({{"192.0.2.0/24", "AT"}});
  EXPECT_EQ(read(bytes.substr(bytes.find("\xab\xcd\xef"))),
            "the search tree is longer than the file");
  const auto with = [&](std::string from, std::string to) {
    std::string broken = bytes;
    const std::size_t at = broken.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return read(broken.replace(at, from.size(), to));
  };
  EXPECT_EQ(with("major_version\xa1\x02", "major_version\xa1\x03"), "format version 3, not 2");
  EXPECT_EQ(with("record_size\xa1\x18", "record_size\xa1\x19"),
            "the metadata has a record_size that is none of 24, 28 and 32");
  EXPECT_EQ(with("ip_version\xa1\x06", "ip_version\xa1\x05"),
            "the metadata has an ip_version that is neither 4 nor 6");
  EXPECT_EQ(with("node_count", "nodecounts"), "the metadata has no node_count");
  EXPECT_EQ(with("binary_format_major", "binary-format-major"), "the metadata cannot be read");
}

TEST(Mmdb, SurvivesEveryCut) {
  const std::string bytes = written({{"192.0.2.0/24", "AT"}, {"2001:db8::/32", "DE"}});
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_NE(read(std::string_view(bytes).substr(0, size)), "") << size;
  }
}

TEST(Mmdb, SurvivesEveryWrongByte) {
  const std::string bytes = written({{"192.0.2.0/30", "AT"}}, {.ip_version = 4});
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (const int change : {0x01, 0x10, 0x80, 0xff}) {
      std::string broken = bytes;
      broken[at] = static_cast<char>(broken[at] ^ change);
      read(broken);
    }
  }
}

std::string metadata_of(std::uint32_t nodes, std::uint16_t ip_version) {
  std::string bytes = written({{"0.0.0.0/0", "AT"}}, {.ip_version = ip_version});
  bytes = bytes.substr(bytes.find("\xab\xcd\xef"));
  const std::size_t at = bytes.find("node_count") + 10;
  const char count[] = {'\xc4', static_cast<char>(nodes >> 24), static_cast<char>(nodes >> 16),
                        static_cast<char>(nodes >> 8), static_cast<char>(nodes)};
  return bytes.replace(at, 2, std::string_view(count, sizeof count));
}

std::string node(std::uint32_t left, std::uint32_t right) {
  std::string out;
  for (const std::uint32_t record : {left, right}) {
    for (const int shift : {16, 8, 0}) out += static_cast<char>(record >> shift);
  }
  return out;
}

// A file for IPv4 whose only entry is `data`.
std::string only(const std::string& data) {
  return node(17, 17) + std::string(16, '\0') + data + metadata_of(1, 4);
}

std::string find_a(const std::string& data) {
  const std::string bytes = only(data);
  const Result<Mmdb> db = Mmdb::open(bytes);
  if (!db) return db.error().detail;
  return shown(db->find(0, {{"a"}}));
}

TEST(Mmdb, ReadsWhatTheBrokenOnesBelowAreMadeOf) {
  EXPECT_EQ(find_a("\xe1"
                   "\x41"
                   "a"
                   "\x41"
                   "b"),
            "b");
  EXPECT_EQ(find_a(std::string("\xe1\x41"
                               "a\x20\x05\x41"
                               "b",
                               7)),
            "b");  // a pointer to "b"
  EXPECT_EQ(find_a(std::string("\x20\x02\xe1\x41"
                               "a\x41"
                               "b",
                               7)),
            "b");  // a pointer to the map
}

// libmaxminddb 1.7.1 overflows its stack here: it passes values over by recursion.
TEST(Mmdb, PassesOverNestingOfAnyDepth) {
  std::string deep = "\xe2\x41x";
  for (int i = 0; i < 1'000'000; ++i) deep += "\xe1\x40";
  EXPECT_EQ(find_a(deep + "\x40"
                          "\x41"
                          "a"
                          "\x41"
                          "b"),
            "b");
  EXPECT_EQ(find_a(deep), "-");
  std::string arrays = "\xe2\x41x";
  for (int i = 0; i < 1'000'000; ++i) arrays += std::string("\x01\x04", 2);
  EXPECT_EQ(find_a(arrays + "\x40"
                            "\x41"
                            "a"
                            "\x41"
                            "b"),
            "b");
}

TEST(Mmdb, FollowsNoPointerInCircles) {
  EXPECT_EQ(find_a(std::string("\x20\x00", 2)), "-");  // to itself
  EXPECT_EQ(find_a(std::string("\xe1\x41"
                               "a\x20\x05\x20\x05",
                               7)),
            "-");  // to a pointer
  EXPECT_EQ(find_a(std::string("\xe1\x20\x00\x41"
                               "b",
                               5)),
            "-");  // a key that is a map
  EXPECT_EQ(find_a("\xe1\x41"
                   "a\x27\xff"),
            "-");  // out of the section
  EXPECT_EQ(find_a("\xe1\x41"
                   "a\x38\xff\xff\xff\xff"),
            "-");
}

TEST(Mmdb, BelievesNoSize) {
  EXPECT_EQ(find_a("\xff\xff\xff\xff"), "-");  // a map of 16 million pairs
  EXPECT_EQ(find_a("\xe2\x41x\xff\xff\xff\xff\x41"
                   "a\x41"
                   "b"),
            "-");
  EXPECT_EQ(find_a("\xe1\x41"
                   "a\x5f\xff\xff\xff"),
            "-");  // a text of 16 MiB
  EXPECT_EQ(find_a(std::string("\xe1\x41"
                               "a\x0a\x02",
                               5) +
                   std::string(10, 'x')),
            "-");
  EXPECT_EQ(find_a(std::string("\xe1\x41"
                               "a\x03\x07",
                               5)),
            "-");  // a boolean 3
  EXPECT_EQ(find_a(std::string("\xe1\x41"
                               "a\x00\xff",
                               5)),
            "-");  // a type that does not exist
}

TEST(Mmdb, GivesUpOnAFileThatOnlyCostsTime) {
  // One long array that every look passes over.
  std::string data = "\xe2\x41x";
  data += std::string("\x1f\x04\x0e\xfe\xe3", 5);  // 65821 + 0x0efee3 elements
  data += std::string(65821 + 0x0efee3, '\x40');
  data +=
      "\x41"
      "a"
      "\x41"
      "b";
  const std::string bytes = only(data);
  const Result<Mmdb> db = Mmdb::open(bytes);
  ASSERT_TRUE(db);
  EXPECT_EQ(shown(db->find(0, {{"a"}})), "b");
  int looks = 1;
  while (!db->exhausted() && looks < 100) db->find(0, {{"a"}}), ++looks;
  EXPECT_TRUE(db->exhausted());
  EXPECT_LT(looks, 10);
  EXPECT_EQ(shown(db->find(0, {{"a"}})), "-");
}

TEST(Mmdb, RefusesATreeThatIsNone) {
  const std::string data = std::string(16, '\0') + "\x40";
  // Each node leads twice to the next: 2^128 ways.
  std::string doubling;
  for (std::uint32_t i = 0; i < 128; ++i) doubling += node(i + 1, i + 1);
  EXPECT_EQ(read(doubling + data + metadata_of(128, 6)),
            "the search tree is no tree, or is far too large");
  EXPECT_EQ(read(node(0, 0) + data + metadata_of(1, 4)),
            "the search tree is deeper than an address is long");
  EXPECT_EQ(read(node(2, 1) + data + metadata_of(1, 4)), "the search tree points out of the file");
  EXPECT_EQ(read(node(18, 1) + data + metadata_of(1, 4)), "the search tree points out of the file");
  EXPECT_EQ(read(node(0xffffff, 1) + data + metadata_of(1, 4)),
            "the search tree points out of the file");
  EXPECT_EQ(read(node(17, 1) + data + metadata_of(1, 4)), "0.0.0.0/1 -\n");
}

}  // namespace
}  // namespace sallyport::discovery
