/** What is a scope in Python, PHP, Ruby and the shells, as tree-sitter queries; `queries.ts` says what the captures mean. */

export const PYTHON = `
(function_definition name: (_) @name ":" @open body: (_) @body) @function
(assignment left: (identifier) @name right: (lambda body: (_) @body)) @function
(class_definition name: (_) @name ":" @open body: (_) @body) @class
(type_alias_statement left: (_) @name) @type
(module (expression_statement (assignment left: (identifier) @name) @constant))
(class_definition body: (block (expression_statement (assignment left: (identifier) @name) @constant)))
(import_statement) @import
(import_from_statement) @import
(future_import_statement) @import
(comment) @lead
(decorator) @lead
`;

export const PHP = `
(function_definition name: (_) @name body: (_) @body) @function
(method_declaration name: (_) @name body: (_)? @body) @function
(assignment_expression left: (variable_name (name) @name)
  right: [(anonymous_function body: (_) @body) (arrow_function body: (_) @body)]) @function
(class_declaration name: (_) @name body: (_) @body) @class
(trait_declaration name: (_) @name body: (_) @body) @class
(enum_declaration name: (_) @name body: (_) @body) @class
(interface_declaration name: (_) @name body: (_) @body) @type
(namespace_definition name: (_) @name body: (_) @body) @module
(const_declaration (const_element (name) @name)) @constant
(property_declaration (property_element name: (variable_name (name) @name))) @constant
(namespace_use_declaration) @import
(expression_statement [(require_expression) (require_once_expression) (include_expression) (include_once_expression)]) @import
(comment) @lead
(attribute_list) @lead
`;

/** A block with a text before it is known by that text, as in \`it "adds" do\`. */
export const RUBY = `
(method name: (_) @name parameters: (_)? @open) @function
(singleton_method name: (_) @name parameters: (_)? @open) @function
(assignment left: (_) @name right: (lambda body: (_) @body)) @function
(call arguments: (argument_list . (string (string_content) @name)) block: (do_block) @body) @function
(class name: (_) @name superclass: (_)? @open) @class
(singleton_class value: (_) @name @open) @class
(module name: (_) @name @open) @module
(assignment left: (constant) @name) @constant
(call method: (identifier) @_method (#any-of? @_method "require" "require_relative" "load")) @import
(comment) @lead
`;

export const BASH = `
(function_definition name: (_) @name body: (_) @body) @function
(program (variable_assignment name: (variable_name) @name) @constant)
(program (declaration_command (variable_assignment name: (variable_name) @name) @constant))
(command name: (command_name) @_command (#any-of? @_command "source" ".")) @import
(comment) @lead
`;

export const POWERSHELL = `
(function_statement (function_name) @name) @function
(class_method_definition (simple_name) @name) @function
(class_statement . (simple_name) @name) @class
(enum_statement . (simple_name) @name) @type
(command command_name: (command_name) @_command (#any-of? @_command "using" "Import-Module")) @import
(comment) @lead
`;
