// See tables.h: the published field report, its figures and its questions.
#include <fmt/format.h>

#include "compiler/zoo/tables.h"

namespace thimble::zoo {
namespace {

// The published figures, in KB: two models, a system of another kernel with IREE's runtime.
void add_published(const Results& results, Table& table, const std::string& model,
                   const char* flash, const char* ram) {
  const auto here = smallest(results, model);
  if (!here) return;
  table.rows.push_back({{model + ", flash"},
                        {flash},
                        results.kilobytes(here, "/memory/flash"),
                        {results.title(*here)}});
  table.rows.push_back(
      {{model + ", RAM"}, {ram}, results.kilobytes(here, "/memory/ram"), {results.title(*here)}});
}

void add_code(const Results& results, Table& table, const std::string& model) {
  const auto row = [&](const char* what, const char* theirs, const char* optimize,
                       const char* offload, const std::string& pointer) {
    const auto here = results.find({.model = model, .optimize = optimize, .offload = offload});
    if (!here) return;
    table.rows.push_back({{fmt::format(fmt::runtime(what), model)},
                          {theirs},
                          results.kilobytes(here, pointer),
                          {results.title(*here)}});
  };
  row("{}, system code", "21.8", "size", "all", "/memory/system_code");
  row("{}, code of the model, default", "54", "speed", "all", "/memory/model_code");
  row("{}, code of the model, for size", "21", "size", "all", "/memory/model_code");
  row("{}, the same without microkernels, default", "54", "speed", "none", "/memory/model_code");
  row("{}, the same without microkernels, for size", "21", "size", "none", "/memory/model_code");
}

}  // namespace

std::vector<std::string> published_models(const Results& results) {
  std::vector<std::string> models = results.models();
  std::erase_if(models, [](const std::string& model) {
    return model != "miniresnet" && model != "efficientnet-lc";
  });
  return models;
}

Table field_report(const Results& results) {
  Table table{{{"figure", false}, {"field report, KB"}, {"here, KB"}, {"here with", false}}, {}};
  add_published(results, table, "miniresnet", "87", "27");
  add_published(results, table, "efficientnet-lc", "817", "93");
  for (const std::string& model : published_models(results)) add_code(results, table, model);
  return table;
}

Table field_questions(const Results& results, const std::string& model) {
  Table table{{{"question", false},
               {"measured with", false},
               {"text"},
               {"data"},
               {"bss"},
               {"flash"},
               {"RAM"},
               {"model code"},
               {"instructions"},
               {"validated", false}},
              {}};
  const auto row = [&](const char* question, Wanted wanted) {
    wanted.model = model;
    const auto here = results.find(wanted);
    if (!here) return;
    table.rows.push_back({{question},
                          {results.title(*here)},
                          results.number(here, "/memory/berkeley/text"),
                          results.number(here, "/memory/berkeley/data"),
                          results.number(here, "/memory/berkeley/bss"),
                          results.number(here, "/memory/flash"),
                          results.number(here, "/memory/ram"),
                          results.number(here, "/memory/model_code"),
                          results.number(here, "/inference/instructions"),
                          results.verdict(*here)});
  };
  row("everything in RAM", {.layout = "ram", .optimize = "size"});
  row("executed in place, weights in .rodata", {.layout = "xip", .optimize = "size"});
  row("executed in place, weights in .data",
      {.layout = "xip", .optimize = "size", .weights = "data"});
  row("optimized for speed", {.layout = "xip", .optimize = "speed"});
  row("generated code alone, by default", {.optimize = "speed", .offload = "none"});
  row("generated code alone, for size", {.optimize = "size", .offload = "none"});
  row("generated code alone, types with their signedness",
      {.optimize = "size", .offload = "none", .signedness = "keep"});
  row("generated code alone, hard float",
      {.optimize = "speed", .offload = "none", .isa = "rv32imafc"});
  row("generated code alone, vectors",
      {.optimize = "speed", .offload = "none", .isa = "rv32imacv"});
  return table;
}

}  // namespace thimble::zoo
