/** What is a scope in Go, Java, Rust, C# and C++, as tree-sitter queries; `queries.ts` says what the captures mean. */

export const GO = `
(function_declaration name: (_) @name body: (_) @body) @function
(method_declaration name: (_) @name body: (_) @body) @function
(var_spec name: (identifier) @name value: (expression_list (func_literal body: (_) @body))) @function
(short_var_declaration
  left: (expression_list . (identifier) @name)
  right: (expression_list (func_literal body: (_) @body))) @function
(type_spec name: (_) @name type: (struct_type (_) @body)) @class
(type_spec name: (_) @name) @type
(type_alias name: (_) @name) @type
(source_file (const_declaration (const_spec name: (identifier) @name) @constant))
(source_file (var_declaration (var_spec name: (identifier) @name) @constant))
(source_file (var_declaration (var_spec_list (var_spec name: (identifier) @name) @constant)))
(import_declaration) @import
(comment) @lead
`;

export const JAVA = `
(method_declaration name: (_) @name body: (_)? @body) @function
(constructor_declaration name: (_) @name body: (_) @body) @function
(compact_constructor_declaration name: (_) @name body: (_) @body) @function
(class_declaration name: (_) @name body: (_) @body) @class
(record_declaration name: (_) @name body: (_) @body) @class
(enum_declaration name: (_) @name body: (_) @body) @class
(interface_declaration name: (_) @name body: (_) @body) @type
(annotation_type_declaration name: (_) @name body: (_) @body) @type
(field_declaration declarator: (variable_declarator name: (_) @name)) @constant
(constant_declaration declarator: (variable_declarator name: (_) @name)) @constant
(import_declaration) @import
(line_comment) @lead
(block_comment) @lead
(marker_annotation) @lead
(annotation) @lead
`;

export const RUST = `
(function_item name: (_) @name body: (_) @body) @function
(function_signature_item name: (_) @name) @function
(let_declaration pattern: (identifier) @name value: (closure_expression body: (_) @body)) @function
(macro_definition name: (_) @name) @function
(impl_item type: [(type_identifier) @name (generic_type type: (_) @name) (scoped_type_identifier) @name]
  body: (_) @body) @class
(struct_item name: (_) @name body: (_)? @body) @class
(union_item name: (_) @name body: (_) @body) @class
(trait_item name: (_) @name body: (_) @body) @type
(enum_item name: (_) @name body: (_) @body) @type
(type_item name: (_) @name) @type
(mod_item name: (_) @name body: (_) @body) @module
(const_item name: (_) @name) @constant
(static_item name: (_) @name) @constant
(use_declaration) @import
(extern_crate_declaration) @import
(line_comment) @lead
(block_comment) @lead
(attribute_item) @lead
`;

export const C_SHARP = `
(method_declaration name: (_) @name body: (_)? @body) @function
(constructor_declaration name: (_) @name body: (_) @body) @function
(destructor_declaration name: (_) @name body: (_) @body) @function
(local_function_statement name: (_) @name body: (_) @body) @function
(property_declaration name: (_) @name accessors: (_) @body) @function
(class_declaration name: (_) @name body: (_)? @body) @class
(struct_declaration name: (_) @name body: (_)? @body) @class
(record_declaration name: (_) @name body: (_)? @body) @class
(interface_declaration name: (_) @name body: (_) @body) @type
(enum_declaration name: (_) @name body: (_) @body) @type
(delegate_declaration name: (_) @name) @type
(namespace_declaration name: (_) @name body: (_) @body) @module
(field_declaration (variable_declaration (variable_declarator name: (_) @name))) @constant
(using_directive) @import
(comment) @lead
(attribute_list) @lead
`;

const CPP_NAME = `[
  (identifier) @name (field_identifier) @name (destructor_name) @name (operator_name) @name
  (qualified_identifier name: [(identifier) @name (destructor_name) @name (operator_name) @name])
  (qualified_identifier name: (qualified_identifier name: [(identifier) @name (destructor_name) @name (operator_name) @name]))
]`;
const CPP_FUNCTION = `(function_declarator declarator: ${CPP_NAME})`;

export const CPP = `
(function_definition
  declarator: [
    ${CPP_FUNCTION}
    (pointer_declarator declarator: ${CPP_FUNCTION})
    (reference_declarator ${CPP_FUNCTION})
  ]
  body: (_) @body) @function
(class_specifier name: (_) @name body: (_) @body) @class
(struct_specifier name: (_) @name body: (_) @body) @class
(union_specifier name: (_) @name body: (_) @body) @class
(enum_specifier name: (_) @name body: (_) @body) @type
(type_definition declarator: (type_identifier) @name) @type
(alias_declaration name: (_) @name) @type
(namespace_definition name: (_) @name body: (_) @body) @module
(preproc_def name: (_) @name) @constant
(preproc_function_def name: (_) @name) @function
(translation_unit (declaration declarator: (init_declarator declarator: (identifier) @name)) @constant)
(namespace_definition body: (declaration_list
  (declaration declarator: (init_declarator declarator: (identifier) @name)) @constant))
(field_declaration declarator: (field_identifier) @name default_value: (_)) @constant
(preproc_include) @import
(using_declaration) @import
(template_declaration "template" @lead)
(comment) @lead
`;
