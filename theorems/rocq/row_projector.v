(* The orthogonal projector on the row space exists, is unique, and follows flips of columns. *)
From mathcomp Require Import all_ssreflect all_algebra.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section RowProjector.
Variables (R : realFieldType) (d : nat).

Definition is_row_projector n (X : 'M[R]_(n, d)) (P : 'M[R]_d) :=
  [/\ P^T = P, X *m P = X & (P <= X)%MS].

Lemma row_projector_unique n (X : 'M[R]_(n, d)) P Q :
  is_row_projector X P -> is_row_projector X Q -> P = Q.
Proof.
move=> [symP XP /submxP[M PM]] [symQ XQ /submxP[N QN]].
have PQ : P *m Q = P by rewrite {1}PM -mulmxA XQ -PM.
have QP : Q *m P = Q by rewrite {1}QN -mulmxA XP -QN.
by rewrite -symP -PQ trmx_mul symP symQ QP.
Qed.

Lemma square_of_row_is_norm (x : 'rV[R]_d) : (x *m x^T) 0 0 = \sum_j x 0 j ^+ 2.
Proof. by rewrite mxE; apply: eq_bigr => j _; rewrite mxE expr2. Qed.

Lemma row_of_norm_0 (x : 'rV[R]_d) : x *m x^T = 0 -> x = 0.
Proof.
move=> e; apply/matrixP => a j; rewrite ord1 mxE; apply/eqP.
have : \sum_j x 0 j ^+ 2 == 0 by rewrite -square_of_row_is_norm e mxE.
rewrite psumr_eq0 => [/allP h|k _]; last exact: sqr_ge0.
by have := h j (mem_index_enum _); rewrite sqrf_eq0.
Qed.

Lemma gram_unit r (C : 'M[R]_(r, d)) : row_free C -> C *m C^T \in unitmx.
Proof.
move=> free; rewrite -row_free_unit -kermx_eq0; apply/eqP/row_matrixP => a.
rewrite row0; set v := row a _.
have e : v *m (C *m C^T) = 0 by rewrite -row_mul mulmx_ker row0.
have vC : v *m C = 0.
  by apply: row_of_norm_0; rewrite trmx_mul -!mulmxA (mulmxA C) mulmxA e mul0mx.
by apply: (row_free_inj free); rewrite vC mul0mx.
Qed.

Definition row_projector n (X : 'M[R]_(n, d)) : 'M[R]_d :=
  let C := row_base X in C^T *m invmx (C *m C^T) *m C.

Theorem row_projectorP n (X : 'M[R]_(n, d)) : is_row_projector X (row_projector X).
Proof.
rewrite /row_projector; move: (row_base X) (row_base_free X) (eq_row_base X).
move: (\rank X) => r C free CX; have u := gram_unit free; split.
- by rewrite trmx_mul trmx_mul trmxK trmx_inv trmx_mul trmxK mulmxA.
- have /submxP[M XM] : (X <= C)%MS by rewrite CX.
  by rewrite XM -[in LHS](mulmxA M) !(mulmxA C) mulmxV // mul1mx.
by apply: submx_trans (submxMl _ _) _; rewrite CX.
Qed.

Lemma row_projector_idem n (X : 'M[R]_(n, d)) P :
  is_row_projector X P -> P *m P = P.
Proof. by case=> symP XP /submxP[M PM]; rewrite {1}PM -mulmxA XP -PM. Qed.

(* X F has the projector F P F, for a symmetric F with F F = 1 *)
Theorem row_projector_of_flip n (X : 'M[R]_(n, d)) (F : 'M[R]_d) :
  F^T = F -> F *m F = 1%:M ->
  row_projector (X *m F) = F *m row_projector X *m F.
Proof.
move=> symF FF; have [] := row_projectorP X.
move: (row_projector X) => P symP XP PX.
apply: row_projector_unique (row_projectorP _) _; split.
- by rewrite trmx_mul trmx_mul symF symP mulmxA.
- by rewrite !mulmxA -(mulmxA X F F) FF mulmx1 XP.
have /submxP[M PM] := PX.
by rewrite PM mulmxA -mulmxA submxMl.
Qed.
End RowProjector.
