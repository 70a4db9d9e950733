// Every fuzz target with every input that tests/corpus keeps for it, and with none: what was found once
// stays found, and no target rots unbuilt where only `./test --full` would build it.
//
// CMake renames LLVMFuzzerTestOneInput of each *_fuzz.cc to fuzz_<shelf>_<folder>_<file>, and writes
// the list of those (corpus_targets.inc).

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#define TARGET(name) extern "C" int name(const std::uint8_t* bytes, std::size_t size);
#include "corpus_targets.inc"
#undef TARGET

namespace sallyport {
namespace {

struct Target {
  const char* name;
  int (*run)(const std::uint8_t* bytes, std::size_t size);
};

constexpr Target kTargets[] = {
#define TARGET(name) {#name, name},
#include "corpus_targets.inc"
#undef TARGET
};

class Corpus : public testing::TestWithParam<Target> {};

TEST_P(Corpus, WhatWasKeptIsTakenWithoutAFault) {
  const std::filesystem::path folder =
      std::filesystem::path(SALLYPORT_SOURCE_DIR) / "tests/corpus" / GetParam().name;
  GetParam().run(nullptr, 0);
  ASSERT_TRUE(std::filesystem::is_directory(folder)) << "the target has no seeds";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    SCOPED_TRACE(entry.path().filename().string());
    GetParam().run(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  }
}

INSTANTIATE_TEST_SUITE_P(Each, Corpus, testing::ValuesIn(kTargets),
                         [](const auto& each) { return std::string(each.param.name); });

}  // namespace
}  // namespace sallyport
