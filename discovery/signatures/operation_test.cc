#include "discovery/signatures/operation.h"

#include <gtest/gtest.h>

#include "discovery/signatures/exchange_values.h"

namespace sallyport::discovery {
namespace {

TEST(GraphqlName, IsTheOperationsOrItsFirstFields) {
  EXPECT_EQ(graphql_name("mutation CreateIssue($a: B!) { issueCreate(a: $a) { id } }"),
            "CreateIssue");
  EXPECT_EQ(graphql_name("{ viewer { id } }"), "viewer");
  EXPECT_EQ(graphql_name("query { boards(ids: 1) { id } }"), "boards");
  EXPECT_EQ(graphql_name("mutation { done: delete_item(id: 1) { id } }"), "delete_item");
  EXPECT_EQ(graphql_name("# a comment\n  query\n  Named { a }"), "Named");
  EXPECT_EQ(graphql_name("fragment F on X { a }\nmutation Real { b }"), "Real");
  EXPECT_EQ(graphql_name("select * from x"), "");
  EXPECT_EQ(graphql_name(""), "");
  EXPECT_EQ(graphql_name("mutation"), "");
  EXPECT_EQ(graphql_name("mutation {"), "");
}

std::string operation(std::string_view path, std::string_view type, std::string_view body,
                      std::string_view query = {}) {
  RequestText text;
  text.method = "POST";
  text.path = path;
  text.query = query;
  text.content_type = type;
  text.body = body;
  return ExchangeValues(text).operation();
}

TEST(Operation, IsReadWhereEachKindOfApiNamesIt) {
  EXPECT_EQ(operation("/pkg.Service/Method", "application/grpc+proto", ""), "pkg.Service/Method");
  EXPECT_EQ(operation("/", "application/x-www-form-urlencoded", "Action=CreateUser&Version=1"),
            "CreateUser");
  EXPECT_EQ(operation("/", "", "", "Action=ListUsers"), "ListUsers");
  EXPECT_EQ(operation("/rpc", "application/json", R"({"jsonrpc":"2.0","method":"files/list"})"),
            "files/list");
  EXPECT_EQ(operation("/mcp", "application/json",
                      R"({"jsonrpc":"2.0","method":"tools/call","params":{"name":"rm"}})"),
            "tools/call:rm");
  EXPECT_EQ(operation("/g", "application/json", R"({"operationName":"A","query":"query B{c}"})"),
            "A");
  EXPECT_EQ(operation("/g", "application/json", R"({"query":"query B{c}"})"), "B");
  EXPECT_EQ(operation("/x", "application/json", R"({"method":"not json-rpc"})"), "");
}

TEST(GraphQl, TellsTheFieldsAtTheTopOfMutations) {
  const auto told = [](std::string_view document) {
    std::string out;
    for (const std::string& name : graphql_mutations(document)) out += name + " ";
    return out;
  };
  EXPECT_EQ(told("mutation { deleteThing(id: 1) { id, deeper } }"), "deleteThing ");
  EXPECT_EQ(told("mutation X($a: [I!]! = {b: 1}) @live { a : deleteA # no { b }\n shareB }"),
            "deleteA shareB ");
  EXPECT_EQ(told("query Q { a } mutation M { b } subscription { c }"), "b ");
  EXPECT_EQ(told("{ a }"), "");
  EXPECT_EQ(told("mutation { ... on Mutation { a { b } } ... { c } ...F d(x: \"}{\") }"), "a c d ");
  EXPECT_EQ(told("fragment F on Mutation { a { b } } fragment G on Thing { c }"), "a ");
  EXPECT_EQ(told("mutation { a(x: \"\"\" } \\\"\"\" { \"\"\") b }"), "a b ");
  EXPECT_EQ(told("no GraphQL at all {"), "");
  std::string many = "mutation {";
  for (int i = 0; i < 500; ++i) many += " a";
  EXPECT_EQ(graphql_mutations(many).size(), kMostMutations);
}

}  // namespace
}  // namespace sallyport::discovery
