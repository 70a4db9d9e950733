#include "policy/compile/resolve.h"

#include <gtest/gtest.h>

#include "policy/compile/compile.h"
#include "policy/compile/parse.h"
#include "policy/edit/policy_text.h"

namespace sallyport::policy {
namespace {

SourcePtr source(const char* name, const std::string& text) {
  return std::make_shared<const Source>(Source{name, text});
}

// The first policy with its template merged in, as `policy show` writes it, or the faults.
std::string merged(const std::string& policy, const std::string& templates) {
  const PolicySources sources{{source("p.yaml", policy)}, {source("t.yaml", templates)}, {}};
  Diagnostics found;
  const auto program = compile(sources, {}, found);
  if (!program) return render(program.error());
  return to_yaml(*(*program)->policies().front().written, Places::left_out);
}

constexpr const char* kTemplate =
    "- id: t\n"
    "  name: T\n"
    "  kind: activity\n"
    "  when:\n"
    "    activity: login\n"
    "    not: { client.ip.category: [corporate, vpn] }\n"
    "  alerts_per_day: 5\n"
    "  tag_app: monitored\n";

TEST(Template, IsTakenWithItsNot) {
  EXPECT_EQ(merged("- extends: template/t\n", kTemplate),
            "- id: t\n"
            "  name: T\n"
            "  kind: activity\n"
            "  when:\n"
            "    activity: login\n"
            "    not: { client.ip.category: [corporate, vpn] }\n"
            "  alerts_per_day: 5\n"
            "  tag_app: monitored\n");
}

// So a policy may also except less than its template does.
TEST(Template, LosesItsNotToOneThatAsksForTheSame) {
  EXPECT_EQ(merged("- name: A\n"
                   "  extends: template/t\n"
                   "  when: { not: { client.ip.category: corporate } }\n",
                   kTemplate),
            "- id: a\n"
            "  name: A\n"
            "  kind: activity\n"
            "  when:\n"
            "    activity: login\n"
            "    not: { client.ip.category: corporate }\n"
            "  alerts_per_day: 5\n"
            "  tag_app: monitored\n");
}

TEST(Template, KeepsItsNotBesideOneThatAsksForSomethingElse) {
  for (const char* one : {"client.ip.tag: tor", "client.ip.category: vpn, client.ip.tag: tor"}) {
    const std::string text = merged(
        "- name: A\n"
        "  extends: template/t\n"
        "  when: { not: { " +
            std::string(one) + " } }\n",
        kTemplate);
    EXPECT_NE(text.find("    not: { client.ip.category: [corporate, vpn] }\n"
                        "    all:\n"
                        "      - not: { " +
                        std::string(one) + " }\n"),
              text.npos)
        << text;
  }
}

TEST(Template, LosesItsAlertsToNone) {
  const std::string text =
      merged("- name: A\n  extends: template/t\n  alerts_per_day: none\n", kTemplate);
  EXPECT_NE(text.find("  alerts_per_day: none\n  tag_app: monitored\n"), text.npos) << text;
  Diagnostics found;
  const PolicySources sources{
      {source("p.yaml", "- { name: A, extends: template/t, alerts_per_day: none }\n")},
      {source("t.yaml", kTemplate)},
      {}};
  const auto program = compile(sources, {}, found);
  ASSERT_TRUE(program) << render(program.error());
  EXPECT_EQ((*program)->policies().front().alerts_per_day, 0u);
  EXPECT_EQ((*program)->policies().front().tag_app, "monitored");
}

TEST(Template, WhoseOnlyEffectIsTakenAwayIsNoPolicyAnyMore) {
  EXPECT_EQ(merged("- name: A\n"
                   "  extends: template/t\n"
                   "  alerts_per_day: none\n",
                   "- { id: t, kind: activity, alerts_per_day: 5 }\n"),
            "p.yaml:3:19: error: this policy has no effect\n"
            "  alerts_per_day: none\n"
            "                  ^~~~ without alerts it needs 'tag_app'\n");
}

}  // namespace
}  // namespace sallyport::policy
