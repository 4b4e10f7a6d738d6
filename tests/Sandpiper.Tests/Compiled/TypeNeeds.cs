using System.Collections.Immutable;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Sandpiper.Tests.Compiled;

/// <summary>
/// Collects every type that one type names: above it, in its attributes, fields, properties, events and methods, and in each instruction of
/// their bodies (ECMA-335, II.22, III).
/// </summary>
/// <param name="found">Takes the full names of outermost types.</param>
internal sealed class TypeNeeds(PEReader image, MetadataReader metadata, string room, HashSet<string> found)
    : ISignatureTypeProvider<int, object?>
{
    private const byte LongForm = 0xFE;     // the first of two bytes (III.1.2.1)

    private static readonly Dictionary<short, OpCode> Instructions = typeof(OpCodes).GetFields()
        .Select(f => f.GetValue(null)).OfType<OpCode>().ToDictionary(code => code.Value);

    public static string FullName(string space, string name) => space.Length == 0 ? name : $"{space}.{name}";

    public void AddOf(TypeDefinitionHandle handle)
    {
        TypeDefinition type = metadata.GetTypeDefinition(handle);
        Add(type.BaseType);
        foreach (InterfaceImplementationHandle each in type.GetInterfaceImplementations())
        {
            InterfaceImplementation implementation = metadata.GetInterfaceImplementation(each);
            Add(implementation.Interface);
            AddAttributes(implementation.GetCustomAttributes());
        }
        AddAttributes(type.GetCustomAttributes());
        AddParameters(type.GetGenericParameters());
        foreach (FieldDefinitionHandle each in type.GetFields())
        {
            FieldDefinition field = metadata.GetFieldDefinition(each);
            field.DecodeSignature(this, null);
            AddAttributes(field.GetCustomAttributes());
        }
        foreach (PropertyDefinitionHandle each in type.GetProperties())
        {
            PropertyDefinition property = metadata.GetPropertyDefinition(each);
            property.DecodeSignature(this, null);
            AddAttributes(property.GetCustomAttributes());
        }
        foreach (EventDefinitionHandle each in type.GetEvents()) Add(metadata.GetEventDefinition(each).Type);
        foreach (MethodImplementationHandle each in type.GetMethodImplementations()) Add(
            metadata.GetMethodImplementation(each).MethodDeclaration);
        foreach (MethodDefinitionHandle each in type.GetMethods()) AddMethod(metadata.GetMethodDefinition(each));
    }

    private void AddMethod(MethodDefinition method)
    {
        method.DecodeSignature(this, null);
        AddAttributes(method.GetCustomAttributes());
        AddParameters(method.GetGenericParameters());
        foreach (ParameterHandle each in method.GetParameters()) AddAttributes(metadata.GetParameter(each).GetCustomAttributes());
        if (method.RelativeVirtualAddress == 0) return;     // abstract, or in another language
        MethodBodyBlock body = image.GetMethodBody(method.RelativeVirtualAddress);
        if (!body.LocalSignature.IsNil) metadata.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(this, null);
        foreach (ExceptionRegion region in body.ExceptionRegions) Add(region.CatchType);
        AddInstructions(body.GetILReader());
    }

    private void AddInstructions(BlobReader code)
    {
        while (code.RemainingBytes > 0)
        {
            byte first = code.ReadByte();
            OpCode instruction = Instructions[first == LongForm ? unchecked((short)(LongForm << 8 | code.ReadByte())) : first];
            switch (instruction.OperandType)
            {
                case OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType:
                    Add(MetadataTokens.EntityHandle(code.ReadInt32()));
                    break;
                case OperandType.InlineSig:
                    Add(MetadataTokens.EntityHandle(code.ReadInt32()));
                    break;
                case OperandType.InlineSwitch:
                    int cases = code.ReadInt32();
                    code.Offset += cases * sizeof(int);
                    break;
                case OperandType.InlineI8 or OperandType.InlineR:
                    code.Offset += sizeof(long);
                    break;
                case OperandType.InlineBrTarget or OperandType.InlineI or OperandType.InlineString or OperandType.ShortInlineR:
                    code.Offset += sizeof(int);
                    break;
                case OperandType.InlineVar:
                    code.Offset += sizeof(short);
                    break;
                case OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar:
                    code.Offset += sizeof(byte);
                    break;
                case OperandType.InlineNone:
                    break;
                default:
                    throw new InvalidDataException($"{instruction} has an operand that is not read here");
            }
        }
    }

    private void AddAttributes(CustomAttributeHandleCollection attributes)
    {
        foreach (CustomAttributeHandle each in attributes) Add(metadata.GetCustomAttribute(each).Constructor);
    }

    private void AddParameters(GenericParameterHandleCollection parameters)
    {
        foreach (GenericParameterHandle each in parameters)
        {
            GenericParameter parameter = metadata.GetGenericParameter(each);
            AddAttributes(parameter.GetCustomAttributes());
            foreach (GenericParameterConstraintHandle constraint in parameter.GetConstraints()) Add(
                metadata.GetGenericParameterConstraint(constraint).Type);
        }
    }

    private void Add(EntityHandle handle)
    {
        if (handle.IsNil) return;
        switch (handle.Kind)
        {
            case HandleKind.TypeDefinition:
                GetTypeFromDefinition(metadata, (TypeDefinitionHandle)handle, 0);
                break;
            case HandleKind.TypeReference:
                GetTypeFromReference(metadata, (TypeReferenceHandle)handle, 0);
                break;
            case HandleKind.TypeSpecification:
                GetTypeFromSpecification(metadata, null, (TypeSpecificationHandle)handle, 0);
                break;
            case HandleKind.FieldDefinition:
                FieldDefinition field = metadata.GetFieldDefinition((FieldDefinitionHandle)handle);
                Add(field.GetDeclaringType());
                field.DecodeSignature(this, null);
                break;
            case HandleKind.MethodDefinition:
                MethodDefinition method = metadata.GetMethodDefinition((MethodDefinitionHandle)handle);
                Add(method.GetDeclaringType());
                method.DecodeSignature(this, null);
                break;
            case HandleKind.MemberReference:
                MemberReference member = metadata.GetMemberReference((MemberReferenceHandle)handle);
                Add(member.Parent);
                if (member.GetKind() == MemberReferenceKind.Field) member.DecodeFieldSignature(this, null);
                else member.DecodeMethodSignature(this, null);
                break;
            case HandleKind.MethodSpecification:
                MethodSpecification specification = metadata.GetMethodSpecification((MethodSpecificationHandle)handle);
                Add(specification.Method);
                specification.DecodeSignature(this, null);
                break;
            case HandleKind.StandaloneSignature:
                metadata.GetStandaloneSignature((StandaloneSignatureHandle)handle).DecodeMethodSignature(this, null);
                break;
            default:
                throw new InvalidDataException($"{handle.Kind} in {room} is not read here");
        }
    }

    // What follows is told of every type in a signature; the answer is not asked for.
    public int GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind)
    {
        while (reader.GetTypeDefinition(handle).GetDeclaringType() is { IsNil: false } outer) handle = outer;
        TypeDefinition type = reader.GetTypeDefinition(handle);
        found.Add(FullName(reader.GetString(type.Namespace), reader.GetString(type.Name)));
        return 0;
    }

    public int GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind)
    {
        while (reader.GetTypeReference(handle).ResolutionScope is { Kind: HandleKind.TypeReference } outer) handle =
            (TypeReferenceHandle)outer;
        TypeReference type = reader.GetTypeReference(handle);
        found.Add(FullName(reader.GetString(type.Namespace), reader.GetString(type.Name)));
        return 0;
    }

    public int GetTypeFromSpecification(MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
        reader.GetTypeSpecification(handle).DecodeSignature(this, genericContext);

    public int GetArrayType(int elementType, ArrayShape shape) => 0;

    public int GetByReferenceType(int elementType) => 0;

    public int GetFunctionPointerType(MethodSignature<int> signature) => 0;

    public int GetGenericInstantiation(int genericType, ImmutableArray<int> typeArguments) => 0;

    public int GetGenericMethodParameter(object? genericContext, int index) => 0;

    public int GetGenericTypeParameter(object? genericContext, int index) => 0;

    public int GetModifiedType(int modifier, int unmodifiedType, bool isRequired) => 0;

    public int GetPinnedType(int elementType) => 0;

    public int GetPointerType(int elementType) => 0;

    public int GetPrimitiveType(PrimitiveTypeCode typeCode) => 0;

    public int GetSZArrayType(int elementType) => 0;
}
