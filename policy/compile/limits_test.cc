// Huge and hostile policies cost what their size says: four times as much takes about four times as
// processor time, not sixteen. Times are of this thread and compared with each other only, each the
// best of several; a pair that looks bad is measured again, because caches are shared too.

#include <chrono>
#include <ctime>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "policy/compile/compile.h"
#include "policy/compile/compile_input_for_tests.h"

namespace sallyport::policy {
namespace {

using Seconds = std::chrono::duration<double>;

PolicySources one_file(std::string text) {
  return {{std::make_shared<const Source>(Source{"big.yaml", std::move(text)})}, {}, {}};
}

Seconds spent() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return Seconds(static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9);
}

// Whether it compiled, and the best time of three.
struct Measured {
  bool compiled = false;
  std::size_t told = 0;  // diagnostics
  Seconds best{1e9};
};

Measured measure(const PolicySources& sources) {
  Measured measured;
  for (int i = 0; i < 3; ++i) {
    const Seconds before = spent();
    Diagnostics warnings;
    const auto program = compile(sources, {}, warnings);
    const std::string text = render(program ? warnings : program.error());
    measured.best = std::min(measured.best, spent() - before);
    measured.compiled = program.has_value();
    measured.told = (program ? warnings : program.error()).sorted().size();
  }
  return measured;
}

// `make(n)` gives sources of size n. Linear is 4; anything quadratic would be 16.
template <class Make>
void expect_no_blow_up(std::size_t n, bool compiles, Make make) {
  const PolicySources small_sources = make(n);
  const PolicySources large_sources = make(4 * n);
  Measured small = measure(small_sources);
  Measured large = measure(large_sources);
  for (int again = 0; again < 2 && large.best / small.best >= 9.0; ++again) {
    small.best = measure(small_sources).best;
    large.best = std::min(large.best, measure(large_sources).best);
  }
  EXPECT_EQ(small.compiled, compiles);
  EXPECT_EQ(large.compiled, compiles);
  EXPECT_LT(large.best / small.best, 9.0)
      << small.best.count() << " s, then " << large.best.count() << " s";
}

// Several files, because one has at most 200,000 values.
PolicySources realistic(std::size_t count) {
  PolicySources sources;
  std::string text;
  const auto finish = [&] {
    const std::string name = fmt::format("{}.yaml", sources.policies.size());
    sources.policies.push_back(std::make_shared<const Source>(Source{name, std::move(text)}));
    text.clear();
  };
  for (std::size_t i = 0; i < count; ++i) {
    text += fmt::format(
        "- id: p{0}\n  name: Policy number {0}\n  when:\n    app: app_{1}\n    activity: [upload, "
        "share]\n    user.group: group_{2}\n    not: {{ app.tag: sanctioned }}\n  except:\n    - "
        "{{ "
        "user: user_{0}, reason: because }}\n  then: block\n  say: Not here.\n",
        i, i % 700, i % 40);
    if (i % 2'500 == 2'499) finish();
  }
  finish();
  return sources;
}

TEST(CompileLimits, TenThousandPoliciesCompile) {
  const Measured all = measure(realistic(10'000));
  EXPECT_TRUE(all.compiled);
  RecordProperty("seconds", std::to_string(all.best.count()));
  std::printf("10,000 policies: %.2f s\n", all.best.count());
  EXPECT_FALSE(measure(realistic(10'001)).compiled);
}

TEST(CompileLimits, ManyPoliciesCostTheirNumber) {
  expect_no_blow_up(2'000, true, [](std::size_t n) { return realistic(n); });
}

TEST(CompileLimits, ManyPoliciesOfOneShapeCostTheirNumber) {
  // Nothing to file them under, and each is nearly the same as all the others.
  expect_no_blow_up(2'000, true, [](std::size_t n) {
    std::string text;
    for (std::size_t i = 0; i < n; ++i) {
      text += fmt::format(
          "- {{name: p{}, when: {{port: '> {}', client.ip: 10.{}.{}.0/24}}, then: "
          "block}}\n",
          i, n - i, i / 256, i % 256);
    }
    return one_file(text);
  });
}

TEST(CompileLimits, ManyUnreachablePoliciesCostTheirNumber) {
  expect_no_blow_up(2'000, true, [](std::size_t n) {
    std::string text = "- {name: first, when: {app: box}, then: block}\n";
    for (std::size_t i = 1; i < n; ++i) {
      text += fmt::format("- {{name: p{0}, when: {{app: box, user: u{0}}}, then: block}}\n", i);
    }
    return one_file(text);
  });
}

TEST(CompileLimits, OnePolicyOfManyConditionsCostsTheirNumber) {
  expect_no_blow_up(4'000, true, [](std::size_t n) {
    std::string text = "- name: r\n  then: block\n  when:\n    all:\n";
    for (std::size_t i = 0; i < n; ++i) text += fmt::format("      - not: {{user: u{}}}\n", i);
    return one_file(text);
  });
}

TEST(CompileLimits, ManyMistakesCostTheirNumber) {
  expect_no_blow_up(10'000, false, [](std::size_t n) {
    std::string text;
    for (std::size_t i = 0; i < n; ++i) {
      text += "- {name: r, when: {app.category: webmial}, then: block}\n";
    }
    return one_file(text);
  });
}

TEST(CompileLimits, ALongListCostsItsLength) {
  expect_no_blow_up(100'000, true, [](std::size_t n) {
    std::string hosts;
    for (std::size_t i = 0; i < n; ++i) hosts += fmt::format("host-{}.example.com\n", i);
    PolicySources sources = one_file(
        "- {name: r, when: {host: list/hosts}, then: block}\n"
        "- {name: s, when: {host: list/hosts}, then: monitor}\n");
    sources.lists["hosts"] = std::make_shared<const Source>(Source{"hosts.txt", hosts});
    return sources;
  });
}

TEST(CompileLimits, AListHasAtMostAMillionEntries) {
  std::string hosts;
  for (int i = 0; i < 1'000'000; ++i) hosts += fmt::format("h{}.example\n", i);
  const auto compiled = [&] {
    PolicySources sources = one_file("- {name: r, when: {host: list/hosts}, then: block}\n");
    sources.lists["hosts"] = std::make_shared<const Source>(Source{"hosts.txt", hosts});
    Diagnostics warnings;
    const auto program = compile(sources, {}, warnings);
    return program ? std::string() : render(program.error());
  };
  EXPECT_EQ(compiled(), "");
  hosts += "one.too.many.example\n";
  EXPECT_EQ(compiled(),
            "hosts.txt:1000001:1: error: a list has at most 1000000 entries\n"
            "one.too.many.example\n^\n");
}

TEST(CompileLimits, AMillionWrongEntriesAreToldInFew) {
  std::string wrong;
  for (int i = 0; i < 1'000'000; ++i) wrong += "webmial\n";
  PolicySources sources = one_file("- {name: r, when: {app.category: list/wrong}, then: block}\n");
  sources.lists["wrong"] = std::make_shared<const Source>(Source{"wrong.txt", wrong});
  const Measured all = measure(sources);
  EXPECT_FALSE(all.compiled);
  EXPECT_LT(all.told, 200u);
}

TEST(CompileLimits, AFileHasAtMostFourMebibytes) {
  const auto fits = [](std::size_t size) {
    std::string text = "- {name: r, then: block}\n";
    text += "# " + std::string(size - text.size() - 3, 'x') + "\n";
    return measure(one_file(text)).compiled;
  };
  EXPECT_TRUE(fits(4u << 20));
  EXPECT_FALSE(fits((4u << 20) + 1));
}

TEST(CompileLimits, DeepNestingIsRefused) {
  const auto compiles = [](std::size_t depth) {
    std::string when = "user: ana";
    for (std::size_t i = 0; i < depth; ++i) when = "not: {" + when + "}";
    return measure(one_file("- {name: r, then: block, when: {" + when + "}}\n")).compiled;
  };
  EXPECT_TRUE(compiles(60));
  EXPECT_FALSE(compiles(80));
}

TEST(CompileLimits, DeepAlternativesDoNotMultiply) {
  // Each level offers two ways; taken apart blindly, that would be 2^28 of them.
  std::string when = "user: ana";
  for (int i = 0; i < 28; ++i) when = "any: [{" + when + "}, {app: box, not: {user: u}}]";
  std::string text;
  for (int i = 0; i < 4; ++i) {
    text += fmt::format("- {{name: p{}, then: block, when: {{{}}}}}\n", i, when);
  }
  EXPECT_TRUE(measure(one_file(text)).compiled);
}

TEST(CompileLimits, SixtyFourLongExpressionsCompile) {
  const auto compiles = [](std::size_t count, std::size_t size) {
    std::string values;
    for (std::size_t i = 0; i < count; ++i) {
      std::string expression = fmt::format("~ ^{}(a|b|[c-x]+)?", i);
      while (expression.size() + 9 <= size + 2) expression += "(x{1,9})?";
      values += fmt::format("{}'{}'", i == 0 ? "" : ", ", expression);
    }
    return measure(one_file("- {name: r, then: block, when: {path: [" + values + "]}}\n")).compiled;
  };
  EXPECT_TRUE(compiles(64, 500));
  EXPECT_FALSE(compiles(65, 30));
  EXPECT_FALSE(compiles(1, 520));
}

}  // namespace
}  // namespace sallyport::policy
